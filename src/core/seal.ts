import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { HubError } from './error.ts';

/** Encrypts secrets at rest: AES-256-GCM under a key derived from SECRET_KEY. Text form: `v1.<nonce>.<tag>.<data>`, base64url. */
export interface Seal {
  close(plain: string): string;
  /** @throws HubError internal when it was sealed with another key or altered */
  open(sealed: string): string;
}

export function createSeal(secretKey: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secretKey, '', 'reanimator seal v1', 32));
  return {
    close(plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return ['v1', ...[nonce, cipher.getAuthTag(), data].map((part) => part.toString('base64url'))].join('.');
    },
    open(sealed) {
      const [version, nonce = '', tag = '', data = ''] = sealed.split('.');
      try {
        if (version !== 'v1') throw new Error(`unknown version ${version}`);
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return decipher.update(Buffer.from(data, 'base64url'), undefined, 'utf8') + decipher.final('utf8');
      } catch (cause) {
        throw new HubError(
          'internal',
          'A stored secret does not open: SECRET_KEY is not the one that it was sealed with',
          { cause },
        );
      }
    },
  };
}
