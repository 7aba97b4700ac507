using KvpRpc.Guest.Tests.Linux;

namespace KvpRpc.Guest.Tests;

/// <summary>Runs the tests, or one of the other processes that the storms need.</summary>
internal static class Program
{
    internal const string WriterCommand = "storm-writer";
    internal const string ForeignCommand = "storm-foreign";
    internal const string OwnerCommand = "storm-owner";

    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [WriterCommand, var folder, var seed]:
                return await StormProcesses.WriteAsync(folder, seed);
            case [ForeignCommand, var folder]:
                return await StormProcesses.WriteForeignAsync(folder);
            case [OwnerCommand, var folder]:
                return await StormProcesses.OwnAsync(folder);
            default:
                return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
                    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                        args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
                    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
        }
    }
}
