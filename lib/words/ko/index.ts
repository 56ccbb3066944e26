import { account } from "./account";
import { alerts } from "./alerts";
import { apiReference } from "./api-reference";
import { audit } from "./audit";
import { auth } from "./auth";
import { charts } from "./charts";
import { classes } from "./classes";
import { common } from "./common";
import { demo } from "./demo";
import { devices } from "./devices";
import { endReasons } from "./end-reasons";
import { history } from "./history";
import { imports } from "./imports";
import { lists } from "./lists";
import { map } from "./map";
import { networks } from "./networks";
import { nodes } from "./nodes";
import { overview } from "./overview";
import { jobs, pages } from "./pages";
import { policy } from "./policy";
import { problems } from "./problems";
import { roles } from "./roles";
import { runStates } from "./run-states";
import { sessions } from "./sessions";
import { shell } from "./shell";
import { simulator } from "./simulator";
import { staff } from "./staff";
import { subscribers } from "./subscribers";
import { support } from "./support";
import { tokens } from "./tokens";
import { told } from "./told";

import { whiteLists } from "./white-lists";

/** The portal in Korean, by area. */
export const ko = {
  account,
  alerts,
  apiReference,
  audit,
  auth,
  charts,
  classes,
  common,
  demo,
  devices,
  endReasons,
  history,
  imports,
  jobs,
  lists,
  map,
  networks,
  nodes,
  overview,
  pages,
  policy,
  problems,
  roles,
  runStates,
  sessions,
  shell,
  simulator,
  staff,
  subscribers,
  support,
  told,
  tokens,

  whiteLists,
};
