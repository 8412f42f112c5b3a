import { TriangleAlert } from 'lucide-react';
import { Banner } from '../../design/Banner.tsx';
import { useProblemText } from '../../errors/problem-text.ts';

/** Why the latest of these acts was refused. */
export function MutationProblem({ of }: { of: readonly { readonly error: unknown }[] }) {
  const problemText = useProblemText();
  const failed = of.find(({ error }) => error !== null);
  return failed === undefined ? null : (
    <Banner tone="danger" icon={TriangleAlert} urgent>
      {problemText(failed.error)}
    </Banner>
  );
}
