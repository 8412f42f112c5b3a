import type { About, ApiToken, Dose, LogEvent, PumpHistory, Session, SessionEntry, User } from '@perista/protocol/api';
import { QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ApiProblem, isProblem, request } from './client.ts';

const RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => !(error instanceof ApiProblem) && failures < RETRIES,
    },
  },
});

/** What the server was asked, by what it is about: `invalidate` names the first part. */
export const keys = {
  setup: ['setup'],
  session: ['session'],
  about: ['about'],
  doses: ['doses'],
  dosing: ['dosing'],
  containers: ['containers'],
  devices: ['devices'],
  schedules: ['schedules'],
  plan: ['plan'],
  separations: ['separations'],
  queue: ['queue'],
  history: ['history'],
  calibrations: ['calibrations'],
  events: ['events'],
  users: ['users'],
  sessions: ['sessions'],
  tokens: ['tokens'],
  mqttUsers: ['mqtt-users'],
  notifications: ['notifications'],
  settings: ['settings'],
  mqtt: ['mqtt'],
} as const;

export const invalidate = (key: keyof typeof keys) => queryClient.invalidateQueries({ queryKey: keys[key] });

interface Page<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

/** Whether the first password is still to be set. */
export const useSetup = () =>
  useQuery({ queryKey: keys.setup, queryFn: () => request<{ needed: boolean }>('GET', '/api/setup') });

/** Who is logged in; null when nobody is. */
export const useSession = () =>
  useQuery({
    queryKey: keys.session,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      request<Session>('GET', '/api/session').catch((error: unknown) => {
        if (isProblem(error, 'E401')) return null;
        throw error;
      }),
  });

export const useAbout = () =>
  useQuery({
    queryKey: keys.about,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => request<About>('GET', '/api/about'),
  });

export const useHistory = (pumpId: string, days: number) =>
  useQuery({
    queryKey: [...keys.history, pumpId, days],
    queryFn: () => request<PumpHistory>('GET', `/api/pumps/${pumpId}/history?days=${days}`),
    placeholderData: (before) => before,
  });

export interface DoseFilter {
  readonly pump_id?: string | undefined;
  readonly state?: string | undefined;
}

export const useDoses = (filter: DoseFilter, limit: number) => usePages<Dose>(keys.doses, '/api/doses', filter, limit);

export interface EventFilter {
  readonly pump_id?: string | undefined;
  readonly kind?: string | undefined;
  readonly actor?: string | undefined;
}

export const useEvents = (filter: EventFilter, limit: number) =>
  usePages<LogEvent>(keys.events, '/api/events', filter, limit);

/** A list that grows downwards, page by page. */
function usePages<Item>(key: readonly string[], path: string, filter: object, limit: number) {
  return useInfiniteQuery({
    queryKey: [...key, filter, limit],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      request<Page<Item>>('GET', `${path}?${searchOf({ ...filter, limit: String(limit), cursor: pageParam })}`),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
}

/** A query string without what is not set. */
export function searchOf(values: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams(set).toString();
}

const useList = <Item>(key: readonly string[], path: string) =>
  useQuery({ queryKey: key, queryFn: () => request<{ items: Item[] }>('GET', path) });

export const useUsers = () => useList<User>(keys.users, '/api/users');
export const useSessions = () => useList<SessionEntry>(keys.sessions, '/api/sessions');
export const useTokens = () => useList<ApiToken>(keys.tokens, '/api/tokens');
