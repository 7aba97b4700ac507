using KvpRpc.Emulator;
using KvpRpc.Tests.Calls;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace KvpRpc.Hosting.Tests;

/// <summary>Health says which links are open.</summary>
public sealed class HealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_sides_are_healthy_while_the_link_is_open()
    {
        await using Applications apps = await Applications.StartAsync();
        await Wait.For(apps.ToGuest.GreetAsync("Ann", Token));

        HealthCheckResult host = await CheckHostAsync(apps.Host);
        Assert.Equal((HealthStatus.Healthy, "Links to 1 of 1 VMs."), (host.Status, host.Description));
        Assert.Equal("open", host.Data["web-01"]);
        HealthCheckResult guest = await CheckGuestAsync(apps.Guest);
        Assert.Equal(HealthStatus.Healthy, guest.Status);
        Assert.InRange((double)guest.Data["seconds_since_heard"], 0, 60);
    }

    [Fact]
    public async Task A_host_with_some_links_is_degraded_and_with_none_unhealthy()
    {
        await using Applications apps = await Applications.StartAsync(settings =>
        {
            settings.VirtualMachines.Add("*");
            settings.LookInterval = TimeSpan.FromSeconds(1);
        });
        apps.HyperV.AddVirtualMachine("web-02");
        await Wait.For(apps.ToGuest.GreetAsync("Ann", Token));
        await Wait.Until(() => CheckHostAsync(apps.Host).Result.Data.Count == 2);
        HealthCheckResult some = await CheckHostAsync(apps.Host);
        Assert.Equal(HealthStatus.Degraded, some.Status);
        Assert.StartsWith("Links to 1 of 2 VMs. web-02: ", some.Description, StringComparison.Ordinal);

        await apps.Guest.StopAsync(Token);
        await Wait.Until(() => CheckHostAsync(apps.Host).Result.Status == HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task A_host_that_finds_none_of_its_vms_is_degraded()
    {
        await using EmulatedHyperV hyperV = new();
        using IHost host = Applications.BuildHost(hyperV, settings => settings.VirtualMachines.Add("web-*"));
        await host.StartAsync(Token);
        Assert.Equal(HealthStatus.Degraded, (await CheckHostAsync(host)).Status);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_guest_without_a_link_says_what_stands_in_the_way()
    {
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("web-01");
        using IHost guest = Applications.BuildGuest((_, prefix) => machine.OpenGuestTransport(prefix));
        Assert.Contains(
            "has not been started", (await CheckGuestAsync(guest)).Description, StringComparison.Ordinal);
        await guest.StartAsync(Token);
        string why = Assert.Throws<KvpTransportException>(() => machine.OpenGuestTransport("other.")).Message;
        await Wait.Until(() => CheckGuestAsync(guest).Result.Description == $"No link to the host. {why}");
        Assert.Equal(HealthStatus.Unhealthy, (await CheckGuestAsync(guest)).Status);
        await guest.StopAsync(Token);
    }

    private static Task<HealthCheckResult> CheckHostAsync(IHost host) =>
        CheckAsync(host.Services.GetRequiredService<KvpHostHealthCheck>());

    private static Task<HealthCheckResult> CheckGuestAsync(IHost host) =>
        CheckAsync(host.Services.GetRequiredService<KvpGuestHealthCheck>());

    private static Task<HealthCheckResult> CheckAsync(IHealthCheck check) => check.CheckHealthAsync(
        new() { Registration = new("kvp", check, failureStatus: HealthStatus.Unhealthy, tags: null) }, Token);
}
