import { useMutation } from '@tanstack/react-query';
import { isProblem, request } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';

export const useLogOut = () =>
  useMutation({
    mutationFn: () =>
      request('DELETE', '/api/session').catch((error: unknown) => {
        if (!isProblem(error, 'E401')) throw error;
      }),
    onSuccess: () => {
      queryClient.clear();
      queryClient.setQueryData(keys.session, null);
    },
  });
