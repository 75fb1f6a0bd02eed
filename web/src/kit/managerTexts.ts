import i18next from 'i18next';
import english from '@texts/english/manager.json';

// The first load goes without these texts; what shows them brings them by importing
// this file. All other languages come whole.
i18next.addResourceBundle('english', 'translation', english, true, true);
