import { makeDatabaseTemplate } from "../factories/database";

export default makeDatabaseTemplate;
