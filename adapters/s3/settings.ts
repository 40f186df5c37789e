import { z } from 'zod';

const MIB = 1024 * 1024;

export const Settings = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .meta({ description: 'Endpoint, e.g. https://s3.eu-central-1.amazonaws.com or https://minio.example:9000' }),
  region: z.string().min(1).default('us-east-1').meta({ description: 'Region that requests are signed for' }),
  bucket: z.string().min(3).max(63).meta({ description: 'Bucket of the objects; it must be there' }),
  prefix: z
    .string()
    .regex(/^([\w!.*'()-]+\/)*$/, 'empty, or path segments that each end with a slash')
    .default('')
    .meta({ description: 'What all keys begin with, e.g. reanimator/' }),
  pathStyle: z
    .boolean()
    .default(true)
    .meta({ description: 'Bucket in the path; false: in the name of the host, as some clouds want it' }),
  accessKeyId: z.string().min(1).meta({ description: 'Access key' }),
  accessKeySecret: z.string().min(1).meta({ secret: true, description: 'Secret of that access key' }),
  caFile: z.string().optional().meta({ description: "PEM file of the CA that signs the endpoint's certificate" }),
  timeoutMs: z
    .number()
    .int()
    .positive()
    .default(30_000)
    .meta({ description: 'Longest silence on a connection, in milliseconds' }),
  attempts: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .meta({ description: 'How often a request is tried in all before the caller is told' }),
  partBytes: z
    .number()
    .int()
    .min(5 * MIB)
    .max(1024 * MIB)
    .default(16 * MIB)
    .meta({ description: 'Files of more than four such lengths go up in parts of it, three at a time' }),
});
export type Settings = z.infer<typeof Settings>;
