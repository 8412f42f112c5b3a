import type { Role, Session } from '@perista/protocol/api';
import { createContext, type ReactNode, use } from 'react';

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** Who looks at this screen. */
export function useMe(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error('this screen is shown to whoever is logged in');
  return session;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 1, operator: 2, admin: 3 };

/** Roles that do not go beyond that of whoever looks. */
export const useRolesUpToMine = (): readonly Role[] => {
  const mine = RANK[useMe().role];
  return (Object.keys(RANK) as Role[]).filter((role) => RANK[role] <= mine);
};

/** Whether whoever looks may do what needs this role. The server decides; this only spares a vain try. */
export const useMay = (role: Role): boolean => RANK[useMe().role] >= RANK[role];
