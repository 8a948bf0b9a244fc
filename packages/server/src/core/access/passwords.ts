import { hash, verify } from '@node-rs/argon2';
import { randomSecret } from './secrets.ts';

/** argon2id with 19 MiB and 2 passes: the OWASP recommendation, and the library's default; about 20 ms on a pool thread. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalised(password));
}

let decoy: Promise<string> | undefined;

/** Whether a password is right. Without a hash it takes as long and is wrong, so that time tells nothing about who exists. */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(randomSecret(32));
  const matches = await verify(passwordHash ?? (await decoy), normalised(password));
  return matches && passwordHash !== undefined;
}

/** The same letters typed on different keyboards are the same password. */
function normalised(password: string): string {
  return password.normalize('NFKC');
}
