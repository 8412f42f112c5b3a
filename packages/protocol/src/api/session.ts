import { z } from 'zod';
import { Timestamp } from './identifiers.ts';

export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

export const Password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(200, 'must have at most 200 characters')
  .meta({ description: '8 to 200 characters' });

/** `POST /api/setup`, once. */
export const SetupRequest = z.strictObject({ password: Password });

/** `GET /api/setup`: whether the first password is still to be set. */
export const SetupState = z.strictObject({ needed: z.boolean() });

export const LoginRequest = z.strictObject({
  username: z.string().min(1).max(64).default('admin'),
  password: z.string().min(1).max(200),
});

export const Session = z
  .strictObject({
    username: z
      .string()
      .meta({ description: 'The name in ledger and events: of a user, or `token:` and that of a token' }),
    role: Role,
    created_at: Timestamp,
    expires_at: Timestamp.nullable().meta({ description: 'null for a token without an end' }),
    key_scope: z.string().meta({
      description: 'What your idempotency keys are scoped to: the actor in the ids of doses that you order with a key',
    }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
