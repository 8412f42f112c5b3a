import { useMutation } from '@tanstack/react-query';
import { isProblem, request } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { live } from '../../live/live.ts';

/** What holds for whoever stands before the door; all else was for the eyes of whoever leaves. */
const KEPT: ReadonlySet<unknown> = new Set([...keys.session, ...keys.setup]);

export const useLogOut = () =>
  useMutation({
    // Whoever leaves is not told that somebody showed them out.
    onMutate: () => live.stop(),
    onError: () => live.start(),
    mutationFn: () =>
      request('DELETE', '/api/session').catch((error: unknown) => {
        if (!isProblem(error, 'E401')) throw error;
      }),
    onSuccess: () => {
      queryClient.setQueryData(keys.session, null);
      queryClient.removeQueries({ predicate: ({ queryKey: [about] }) => !KEPT.has(about) });
    },
  });
