import { Button } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { Dialog } from './Dialog';
import { useTexts } from './texts';

/** The question that is open: the answer goes to whoever wants to leave. */
let open: ((leave: boolean) => void) | undefined;
const watchers = new Set<() => void>();

function tell(next: typeof open): void {
  open = next;
  watchers.forEach((call) => call());
}

function ask(): Promise<boolean> {
  open?.(false);
  return new Promise((done) => {
    tell((leave) => {
      tell(undefined);
      done(leave);
    });
  });
}

/**
 * While unsaved, asks before one leaves: the page, the screen, and whatever the
 * component itself would take away. For the last it gives leave(go), which calls go
 * at once or after a yes.
 */
export function useLeaveGuard(unsaved: boolean): (go: () => void) => void {
  const dirty = useRef(unsaved);
  useEffect(() => {
    dirty.current = unsaved;
  }, [unsaved]);
  useBlocker({ shouldBlockFn: async () => dirty.current && !(await ask()), enableBeforeUnload: () => dirty.current, disabled: !unsaved });
  return useCallback((go) => {
    if (!dirty.current) {
      go();
      return;
    }
    void ask().then((leave) => {
      if (!leave) return;
      dirty.current = false;
      go();
    });
  }, []);
}

/** Shows the question of useLeaveGuard; stands once in the frame. */
export function LeaveQuestion() {
  const t = useTexts();
  const question = useSyncExternalStore(
    (call) => {
      watchers.add(call);
      return () => watchers.delete(call);
    },
    () => open,
  );
  if (!question) return null;
  return (
    <Dialog title={t('kit.leave_title')} size={420} close={() => question(false)}>
      <p>{t('kit.leave_more')}</p>
      <div className="dialog-foot">
        <Button size="sm" data-autofocus onClick={() => question(false)}>
          {t('kit.leave_stay')}
        </Button>
        <Button size="sm" variant="default" onClick={() => question(true)}>
          {t('kit.leave_go')}
        </Button>
      </div>
    </Dialog>
  );
}
