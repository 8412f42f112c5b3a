import type { Session } from '@perista/protocol/api';
import { useMutation } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';

export const useLogIn = () =>
  useMutation({
    mutationFn: (body: { username: string; password: string }) => request<Session>('POST', '/api/session', { body }),
    onSuccess: (session) => queryClient.setQueryData(keys.session, session),
  });
