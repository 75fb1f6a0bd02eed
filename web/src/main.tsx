import '@mantine/core/styles.css';
import './kit/tokens.css';
import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { asFault } from './api/client';
import { router } from './app/router';
import { meQuery } from './app/session';
import { resolver, styleNonce, theme } from './app/theme';
import { startTexts } from './kit/texts';

/** A session that has ended shows at the next answer; the sign-in page then takes over. */
function watchSession(thrown: unknown): void {
  if (asFault(thrown).status === 401) cache.setQueryData(meQuery.queryKey, null);
}

const cache: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watchSession }),
  mutationCache: new MutationCache({ onError: watchSession }),
  defaultOptions: {
    queries: { retry: (count, thrown) => asFault(thrown).passing && count < 3, refetchOnWindowFocus: false, networkMode: 'always' },
    // A command that was refused is the person's to repeat.
    mutations: { retry: false, networkMode: 'always' },
  },
});

await startTexts();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
