// pm2: nlops and its gateway as two processes, so that a restart of nlops costs no scan.
//
//   pm2 start ecosystem.config.cjs && pm2 save
//   pm2 logs nlops-gateway --raw          shows the code to scan, once
//   pm2 restart nlops                     leaves the gateway alone
//
// It runs in the folder with nlops.toml; NLOPS_GATEWAY_TOKEN and the other secrets come from the environment of `pm2
// start`. Another nlops watches the gateway by ~/.pm2/logs/nlops-gateway-out.log, format = "starterbot-pm2".

const common = {
  script: 'nlops', // on the PATH, or the whole path into its virtual environment
  interpreter: 'none',
  cwd: __dirname,
  exp_backoff_restart_delay: 1000, // ms, growing to 15 s
  stop_exit_codes: [2], // a configuration that is wrong stays wrong
}

module.exports = {
  apps: [
    { ...common, name: 'nlops-gateway', args: 'gateway', kill_timeout: 8000 },
    { ...common, name: 'nlops', args: 'run', kill_timeout: 60000 },
  ],
}
