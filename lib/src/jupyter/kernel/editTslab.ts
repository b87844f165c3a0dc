/**
 * Changes to tslab's own source text, for what its API cannot change. Each insertion is one call or one case;
 * our own files do the work. Call it before any part of tslab is loaded.
 */
import { loadEdited } from './loadEdited';

export function editTslab(): void {
  loadEdited('tslab/dist/converter', [
    // Without it, each kernel would parse the global types of every package in node_modules/@types, such as
    // jsdom's with all of the browser's.
    { before: 'typeRoots: getTypeRoots(),', insert: 'types: ["node"],\n        ' },
    {
      before:
        'if (!ts.isIdentifier(node)) {\n                return ts.visitEachChild(node, wrapPrevIdentifier',
      insert: `const { rewriteProperty } = ${call('previousVariables')};
            const ours = rewriteProperty({ ts, checker, declsFile }, node, wrapPrevIdentifier);
            if (ours !== undefined) return ours;
            `,
    },
    // TypeScript has a second timer, for modules that come or go while a notebook is open. tslab knows only
    // one.
    {
      before: 'if (rebuildTimer) {\n            throw new Error("Unexpected pending rebuildTimer")',
      insert: `if (callback.name !== "updateProgramWithWatchStatus") return setTimeout(callback, 250);
        `,
    },
    {
      before: 'throw new Error("clearing unexpected tiemr")',
      insert: 'return clearTimeout(timeoutId);\n        ',
    },
  ]);
  loadEdited('tslab/dist/executor', [
    // A value of the library shows itself as the last line of a cell.
    {
      before: 'console.log(ret);',
      insert: `if (await ${call('lastValue')}.showsItself(ret)) return true;\n            `,
    },
  ]);
  loadEdited('tslab/dist/jupyter', [
    // A console in JupyterLab asks for the history, which is empty.
    {
      before: 'default:\n                    console.warn(`unknown msg_type',
      insert: `case "history_request": {
                    const reply = msg.createReply();
                    reply.header.msg_type = "history_reply";
                    reply.content = { status: "ok", history: [] };
                    reply.signAndSend(this.connInfo.key, sock);
                    break;
                }
                `,
    },
  ]);
}

/** Requires a file beside this one from within tslab. */
function call(file: string): string {
  return `require(${JSON.stringify(require.resolve(`./${file}`))})`;
}
