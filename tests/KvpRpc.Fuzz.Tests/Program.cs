using SharpFuzz;

namespace KvpRpc.Fuzz.Tests;

/// <summary>Runs the tests; or is the program that afl-fuzz feeds: see tests/fuzz/README.md.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["fuzz", var name]:
                FuzzTarget target = FuzzTarget.Named(name);
                Fuzzer.Run(stream => target.Check(ReadAll(stream)));
                return 0;
            case ["replay", var name, .. var files]:
                foreach (string file in files)
                {
                    bool isAccepted = FuzzTarget.Named(name).Check(await File.ReadAllBytesAsync(file));
                    Console.WriteLine($"{file}: {(isAccepted ? "accepted" : "refused")}");
                }

                return 0;
            case ["seeds", var folder]:
                Seeds.Write(folder);
                return 0;
            default:
                return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
                    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                        args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
                    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
        }
    }

    private static byte[] ReadAll(Stream stream)
    {
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
