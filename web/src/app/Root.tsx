import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { asFault } from '../api/client';
import { Failed, Loading } from '../kit/states';
import { FirstStart } from '../setup/FirstStart';
import { SignIn } from '../setup/SignIn';
import { useOwnLanguage } from './language';
import { LiveProvider } from './live';
import { meQuery, setupQuery, useForget } from './session';
import { Shell } from './Shell';

/** Decides what this page is: the first start, the sign-in, or the work of whoever is signed in. */
export function Root() {
  const setup = useQuery(setupQuery);
  const me = useQuery({ ...meQuery, enabled: setup.data?.needed === false });
  const forget = useForget();
  useOwnLanguage(me.data);

  const failed = setup.error ?? me.error;
  if (failed) return <Failed fault={asFault(failed)} again={() => void (setup.error ? setup.refetch() : me.refetch())} />;
  if (!setup.data) return <Loading />;
  if (setup.data.needed) return <FirstStart languages={setup.data.languages} />;
  if (me.data === undefined) return <Loading />;
  if (me.data === null) return <SignIn company={setup.data.company} />;
  return (
    <LiveProvider signedOut={forget}>
      <Shell me={me.data}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </Shell>
    </LiveProvider>
  );
}
