import '../kit/designerTexts';
import '../manager/Manager.css';
import '../manager/List.css';
import '../manager/Form.css';
import '../manager/Differences.css';
import '../manager/Panels.css';

/** The import of a workflow for the list, which the designer's texts come with. */
export { ImportDialog as default } from './ImportDialog';
