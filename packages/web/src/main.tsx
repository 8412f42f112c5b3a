import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { App } from './app/App.tsx';
import { applyTheme } from './app/theme.ts';
import './design/tokens.css';
import './design/base.css';
import { startTranslations } from './i18n/i18n.ts';

applyTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has a root');
await startTranslations();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
