/** The table "who may import whom" of ARCHITECTURE.md, checked with no exceptions. */
const mayImport = {
  app: ["app", "components", "lib/http", "lib/auth", "lib/services", "lib/contracts", "lib/words", "lib/shared"],
  components: ["components", "lib/contracts", "lib/words", "lib/shared"],
  prisma: ["lib/db"],
  "lib/shared": [],
  "lib/words": ["lib/contracts"],
  "lib/policy": ["lib/shared"],
  "lib/contracts": ["lib/policy", "lib/shared"],
  "lib/db": ["lib/shared"],
  "lib/radius": ["lib/shared"],
  "lib/support": ["lib/contracts", "lib/shared"],
  "lib/services": ["lib/db", "lib/support", "lib/radius", "lib/policy", "lib/contracts", "lib/shared"],
  "lib/auth": ["lib/services", "lib/db", "lib/contracts", "lib/shared"],
  "lib/http": ["lib/auth", "lib/services", "lib/db", "lib/contracts", "lib/shared"],
  "lib/client": ["lib/contracts", "lib/shared"],
  "lib/mptcp": ["lib/shared"],
  "lib/protocols": ["lib/shared"],
  "lib/steering": ["lib/policy", "lib/mptcp", "lib/shared"],
  "lib/proxy": ["lib/steering", "lib/protocols", "lib/policy", "lib/mptcp", "lib/contracts", "lib/shared"],
  "lib/demo": ["lib/contracts", "lib/shared"],
  "lib/agent": ["lib/demo", "lib/steering", "lib/protocols", "lib/policy", "lib/mptcp", "lib/contracts", "lib/shared"],
  "lib/testbed": ["lib/demo", "lib/mptcp", "lib/contracts", "lib/shared"],
  "lib/cli": ["lib", "prisma"],
};

const rooms = Object.entries(mayImport).map(([room, others]) => ({
  name: `${room.replace("/", "-")}-imports`,
  comment: `${room} may import ${others.join(", ") || "nothing of ours"}`,
  severity: "error",
  from: { path: `^${room}/` },
  to: {
    path: "^(app|components|prisma|lib|tests)/",
    pathNot: [room, ...others].map((name) => `^${name}/`),
  },
}));

module.exports = {
  forbidden: [
    ...rooms,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "policy-is-pure",
      comment: "the domain does no I/O and needs no package but the schema library",
      severity: "error",
      from: { path: "^lib/policy/" },
      to: { dependencyTypes: ["npm", "core"], pathNot: "node_modules/zod/" },
    },
    {
      name: "contracts-are-browser-safe",
      severity: "error",
      from: { path: "^lib/contracts/" },
      to: { dependencyTypes: ["npm", "core"], pathNot: "node_modules/zod/" },
    },
    { name: "unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(\\.next|dist|lib/db/generated)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
