using BenchmarkDotNet.Running;
using KvpRpc.Benchmarks;

if (args is ["figures", .. string[] options])
    return FiguresCommand.Run(options);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
