using KvpRpc.Cli.Commands;

return await KvpRpcCommand.RunAsync(args);
