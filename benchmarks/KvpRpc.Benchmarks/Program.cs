using BenchmarkDotNet.Running;
using KvpRpc.Benchmarks;
using KvpRpc.Benchmarks.Rpc;

if (args is ["figures", .. string[] options])
    return FiguresCommand.Run(options);
if (args is ["rpc", .. string[] rpcOptions])
    return RpcCommand.Run(rpcOptions);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
