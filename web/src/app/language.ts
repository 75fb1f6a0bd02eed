import { useCallback } from 'react';
import { choose, type Language } from '../kit/texts';

/** A person chooses the language of the screens. */
export function useChooseLanguage(): (language: Language) => void {
  return useCallback((language) => void choose(language), []);
}
