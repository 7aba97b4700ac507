using KvpRpc.Emulator.Tests;
using KvpRpc.Emulator.Tests.Port;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The entry point that xunit would generate, with a second role in front.
if (args is [GuestProgram.Argument, var endpoint])
{
    await GuestProgram.RunAsync(endpoint);
    return 0;
}

return args.Contains("--server") || args.Contains("--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
