import { z } from 'zod';
import { EntityId, Timestamp } from './identifiers.ts';
import { Password, Role } from './session.ts';

export const Username = z
  .string()
  .regex(/^[A-Za-z0-9._@-]{1,64}$/, 'must be 1 to 64 of A–Z, a–z, 0–9, ., _, @ and -')
  .meta({ description: 'Name to log in with' });

/** Names under which the controller itself stands in ledger and events. That of a token begins with `token:`, which no name here can. */
const OWN_ACTORS: readonly string[] = ['agent', 'factory', 'unknown', 'weekly-plan'];

const NewUsername = Username.refine(
  (name) => !OWN_ACTORS.includes(name),
  `must not be ${OWN_ACTORS.join(', ')}: the unit itself acts under these names`,
);

/** One line that looks as it is: no control or formatting characters, and no blanks around it. */
const TokenName = z
  .string()
  .min(1)
  .max(80)
  .regex(
    /^[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u,
    'must be one line without control characters, and begin and end with a visible one',
  );

export const User = z
  .strictObject({
    username: Username,
    role: Role,
    created_at: Timestamp,
    last_seen_at: Timestamp.nullable().meta({ description: 'Latest request of a living session; null without one' }),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const UserList = z.strictObject({ items: z.array(User) });

/** `POST /api/users` */
export const NewUser = z
  .strictObject({ username: NewUsername, password: Password, role: Role })
  .meta({ id: 'NewUser' });
export type NewUser = z.infer<typeof NewUser>;

/** `PATCH /api/users/{username}`: another role, or a new password, which ends the user's sessions. */
export const UserPatch = z
  .strictObject({ role: Role.optional(), password: Password.optional() })
  .meta({ id: 'UserPatch' });
export type UserPatch = z.infer<typeof UserPatch>;

/** `POST /api/session/password`: one's own; every other session of the user ends. */
export const PasswordChange = z.strictObject({
  current_password: z.string().min(1).max(200),
  new_password: Password,
});

/** A log-in that is alive. The id is no secret: nobody can log in with it. */
export const SessionEntry = z
  .strictObject({
    id: EntityId,
    username: Username,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
    address: z.string().nullable().meta({ description: 'Where it was opened from' }),
    user_agent: z.string().nullable(),
    current: z.boolean().meta({ description: 'It is the one that asks' }),
  })
  .meta({ id: 'SessionEntry' });
export type SessionEntry = z.infer<typeof SessionEntry>;

export const SessionList = z.strictObject({ items: z.array(SessionEntry) });

/** An API token, without its secret. */
export const ApiToken = z
  .strictObject({
    id: EntityId,
    name: z.string(),
    role: Role,
    created_by: Username,
    created_at: Timestamp,
    expires_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable(),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof ApiToken>;

export const ApiTokenList = z.strictObject({ items: z.array(ApiToken) });

/** `POST /api/tokens` */
export const NewApiToken = z
  .strictObject({
    name: TokenName,
    role: Role,
    expires_in_days: z.int().min(1).max(3650).optional().meta({ description: 'For ever unless said otherwise' }),
  })
  .meta({ id: 'NewApiToken' });
export type NewApiToken = z.infer<typeof NewApiToken>;

/** Answer to a new token: the only time its secret is told. */
export const CreatedApiToken = ApiToken.extend({
  token: z.string().meta({ description: 'Send as `Authorization: Bearer …`; it is shown once' }),
}).meta({ id: 'CreatedApiToken' });
export type CreatedApiToken = z.infer<typeof CreatedApiToken>;
