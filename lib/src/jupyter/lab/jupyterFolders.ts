/** Where Jupyter keeps this user's files, as in jupyter_core.paths. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of kernel specifications. */
export function jupyterDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32')
    return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}

/** Running servers keep a file here. */
export function jupyterRuntimeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.JUPYTER_RUNTIME_DIR || join(jupyterDataFolder(env), 'runtime');
}
