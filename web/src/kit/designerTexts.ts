import i18next from 'i18next';
import english from '@texts/english/designer.json';

// As the manager's texts: who never draws a workflow never loads them.
i18next.addResourceBundle('english', 'translation', english, true, true);
