import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';

/** Keeps somebody on the page who would lose what was typed: asked before a link is followed, and by the browser before it closes. */
export function useLeaveGuard(isHeld: boolean): { readonly isAsked: boolean; stay: () => void; leave: () => void } {
  const [, navigate] = useLocation();
  const [target, setTarget] = useState<string | null>(null);
  useEffect(() => {
    if (!isHeld) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (link === null || !isPlain || link.origin !== location.origin || link.pathname === location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(link.pathname);
    };
    window.addEventListener('beforeunload', onUnload);
    document.addEventListener('click', onClick, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      document.removeEventListener('click', onClick, { capture: true });
    };
  }, [isHeld]);
  return {
    isAsked: target !== null,
    stay: () => setTarget(null),
    leave: () => target !== null && navigate(target),
  };
}
