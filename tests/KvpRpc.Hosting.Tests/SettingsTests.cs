using KvpRpc.Emulator;
using KvpRpc.Host;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace KvpRpc.Hosting.Tests;

/// <summary>Settings come from the configuration, and wrong ones keep the application from starting.</summary>
public sealed class SettingsTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_configuration_is_bound()
    {
        HostApplicationBuilder builder = Applications.CreateBuilder("Hello");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kvp:Channel"] = "patching",
            ["Kvp:PreSharedKey"] = Key,
            ["Kvp:DefaultDeadline"] = "00:00:07",
            ["Kvp:VirtualMachines:0"] = "web-*",
            ["Kvp:VirtualMachines:1"] = "db-01",
            ["Kvp:LookInterval"] = "00:01:00",
        });
        await using EmulatedHyperV hyperV = new();
        builder.Services.AddKvpHost(builder.Configuration.GetSection("Kvp")).UseHypervisor(_ => hyperV)
            .ConfigureOptions(options => options with { Links = options.Links with { MaxSlots = 5 } });
        using IHost host = builder.Build();

        KvpHostSettings settings = host.Services.GetRequiredService<IOptions<KvpHostSettings>>().Value;
        KvpHostOptions options = host.Services.GetRequiredService<KvpHostOptions>();

        Assert.Equal(["web-*", "db-01"], settings.VirtualMachines);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.LookInterval);
        Assert.Equal(("patching", 5), (options.Links.Channel, options.Links.MaxSlots));
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), options.Links.PreSharedKey.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(7), options.Calls.DefaultDeadline);
    }

    [Fact]
    public void What_the_settings_say_by_default_is_what_the_options_say_by_default()
    {
        Assert.Equal(new KvpHostOptions().Links, new KvpHostSettings().ToLinks());
        // But an application has 30 seconds to stop, for all that it has to do then.
        Assert.Equal(
            new KvpHostOptions().Calls with { DrainTimeout = TimeSpan.FromSeconds(10) },
            new KvpHostSettings().ToCalls());
    }

    [Fact]
    public async Task Wrong_settings_are_all_named_when_the_application_starts()
    {
        HostApplicationBuilder builder = Applications.CreateBuilder("Hello");
        await using EmulatedHyperV hyperV = new();
        builder.Services.AddKvpHost(settings =>
        {
            settings.Channel = "Not Allowed";
            settings.PreSharedKey = "c2VjcmV0";
            settings.LookInterval = TimeSpan.Zero;
            settings.MaxConcurrentCalls = 0;
            settings.VirtualMachines.Add(" ");
        }).UseHypervisor(_ => hyperV);
        using IHost host = builder.Build();

        OptionsValidationException error =
            await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        string[] named = ["Channel: 'Not Allowed'", "PreSharedKey: 32 bytes", "LookInterval: 00:00:00",
            "MaxConcurrentCalls", "VirtualMachines: an entry is empty"];
        Assert.All(named, text => Assert.Contains($"KvpHostSettings.{text}", error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("c2VjcmV0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guests_settings_are_checked_too()
    {
        HostApplicationBuilder builder = Applications.CreateBuilder("Hello");
        builder.Services.AddKvpGuest(settings => settings.PreSharedKey = "not base64!");
        using IHost host = builder.Build();
        OptionsValidationException error =
            await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains("openssl rand -base64 32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_hypervisor_the_application_says_what_to_add()
    {
        HostApplicationBuilder builder = Applications.CreateBuilder("Hello");
        builder.Services.AddKvpHost();
        using IHost host = builder.Build();
        InvalidOperationException error =
            await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Token));
        Assert.Contains("UseHypervisor", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web-*", "Web-01", true)]
    [InlineData("web-??", "web-01", true)]
    [InlineData("web-?", "web-01", false)]
    [InlineData("*", "anything", true)]
    [InlineData("web-01", "web-011", false)]
    [InlineData("6F9619FF-8B86-D011-B42D-00CF4FC964FF", "web-01", true)]
    [InlineData("00000000-8B86-D011-B42D-00CF4FC964FF", "web-01", false)]
    public void A_pattern_means_names_or_an_id(string pattern, string name, bool isMeant) => Assert.Equal(
        isMeant,
        MachinePatterns.Match([pattern], new(Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff"), name)));
}
