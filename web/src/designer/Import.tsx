import '../kit/designerTexts';

/** The import of a workflow for the list, which the designer's texts come with. */
export { ImportDialog as default } from './ImportDialog';
