import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
  startSimulatorServer,
} from '#src/kit/simulator.ts';
import { refuse } from './simulator/answers.ts';
import { type Bucket, bucketRoute, createBucket, objectRoute } from './simulator/bucket.ts';
import { decodeSegment, refuseSignature } from './simulator/signature.ts';

export interface S3SimulatorOptions {
  accessKeyId: string;
  accessKeySecret: string;
  /** Names of the buckets that are there; more cannot be made. */
  buckets: string[];
  /** Default us-east-1. */
  region?: string;
  port?: number;
  host?: string;
  tls?: { key: string; cert: string };
}

export interface S3Simulator extends SimulatorServer {
  /** What is in the bucket now: objects by key, and uploads that were not completed. */
  bucket(name: string): Bucket;
}

/** A small S3: path-style buckets, objects in memory, uploads in parts, lists, and signatures that are really checked. */
export async function startS3Simulator(options: S3SimulatorOptions): Promise<S3Simulator> {
  const { accessKeyId, accessKeySecret, region = 'us-east-1' } = options;
  const buckets = new Map(options.buckets.map((name) => [name, createBucket(name)]));

  function handle(request: SimulatedRequest): SimulatedAnswer {
    const refused = refuseSignature(request, { accessKeyId, accessKeySecret, region });
    if (refused !== undefined) return refused;
    const [, name = '', ...rest] = request.path.split('/').map(decodeSegment);
    const bucket = buckets.get(name);
    if (bucket === undefined) return refuse(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const key = rest.join('/');
    return key === '' ? bucketRoute(bucket, request) : objectRoute(bucket, key, request);
  }

  const server = await startSimulatorServer({
    port: options.port ?? 0,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    handle,
  });
  return {
    ...server,
    bucket(name) {
      const found = buckets.get(name);
      if (found === undefined) throw new Error(`simulated S3 has no bucket ${name}`);
      return found;
    },
  };
}
