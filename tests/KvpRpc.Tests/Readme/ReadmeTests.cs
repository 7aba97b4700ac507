using System.Runtime.CompilerServices;
using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Links;

namespace KvpRpc.Tests.Readme;

/// <summary>What the README shows compiles, runs, and is what it shows.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_example_runs_on_the_emulator()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("web-01");
        await machine.StartAsync(token);
        await using KvpGuest guest = new(machine.OpenGuestTransport(KvpChannel.KeyPrefix("default")));
        Patching.Serve(guest);

        PatchReport report = await Patcher.PatchAsync(hyperV, token);

        Assert.Equal(new(true, $"KB5051234 installed on {Environment.MachineName}"), report);
    }

    [Fact]
    public async Task The_readme_shows_the_example_as_it_is()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        string folder = Path.GetDirectoryName(ThisFile())!;
        string example = await File.ReadAllTextAsync(Path.Combine(folder, "Example.cs"), token);
        string readme = await File.ReadAllTextAsync(Path.Combine(folder, "../../../README.md"), token);

        string shown = readme.Split("```csharp\n")[1].Split("```")[0];
        Assert.Equal(example[example.IndexOf("[KvpService]", StringComparison.Ordinal)..], shown);
    }

    [Fact]
    public async Task The_page_on_testing_shows_its_examples_as_they_are()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        string folder = Path.GetDirectoryName(ThisFile())!;
        string examples = await File.ReadAllTextAsync(Path.Combine(folder, "TestingExample.cs"), token);
        string page = await File.ReadAllTextAsync(
            Path.Combine(folder, "../../../src/KvpRpc.Emulator/TESTING.md"), token);

        string[] shown = [.. page.Split("```csharp\n").Skip(1).Select(rest => rest.Split("```")[0].Trim())];

        Assert.Equal(5, shown.Length);
        string code = string.Join('\n', examples.Split('\n').Select(line => line.Trim()));
        Assert.All(shown, block => Assert.Contains(
            string.Join('\n', block.Split('\n').Select(line => line.Trim())), code, StringComparison.Ordinal));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
