using KvpRpc.Emulator;
using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Tests.Calls;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KvpRpc.Hosting.Tests;

/// <summary>Applications offer and call services with what the container gives them.</summary>
public sealed class HostingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Injected_clients_call_injected_services_both_ways()
    {
        await using Applications apps = await Applications.StartAsync();
        Assert.Equal("Hello, Ann. Visit 1 from host.", await Wait.For(apps.ToGuest.GreetAsync("Ann", Token)));
        Assert.Equal("Good morning, Bob. Visit 1 from web-01.", await Wait.For(apps.ToHost.GreetAsync("Bob", Token)));
    }

    [Fact]
    public async Task Each_call_has_a_scope_of_its_own_that_ends_with_it()
    {
        await using Applications apps = await Applications.StartAsync();
        for (int i = 1; i <= 3; i++)
        {
            string greeting = await Wait.For(apps.ToGuest.GreetAsync("Ann", Token));
            Assert.Contains($"Visit {i} ", greeting, StringComparison.Ordinal);
            await Wait.Until(() => apps.GuestVisits.Ended == i);
        }
    }

    [Fact]
    public async Task The_scope_of_a_stream_lasts_as_long_as_the_stream()
    {
        await using Applications apps = await Applications.StartAsync();
        List<string> greetings = [];
        await foreach (string greeting in apps.ToGuest.GreetManyAsync(100, Token))
            greetings.Add(greeting);
        Assert.Equal(100, greetings.Count);
        Assert.All(greetings, greeting => Assert.Contains("Visit 1 ", greeting, StringComparison.Ordinal));
        await Wait.Until(() => apps.GuestVisits.Ended == 1);
    }

    [Fact]
    public async Task The_scope_of_a_cancelled_call_ends()
    {
        await using Applications apps = await Applications.StartAsync();
        using CancellationTokenSource source = new();
        Task waiting = apps.ToGuest.WaitAsync(source.Token);
        await Wait.Until(() => apps.GuestVisits.Begun == 1);
        Assert.Equal(0, apps.GuestVisits.Ended);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(waiting));
        await Wait.Until(() => apps.GuestVisits.Ended == 1);
    }

    [Fact]
    public async Task A_service_that_cannot_be_made_fails_the_call_alone()
    {
        HostApplicationBuilder builder = Applications.CreateBuilder("Hello");
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("web-01");
        await machine.StartAsync(Token);
        builder.Services.AddSingleton<Greeter.Greeting>(_ => throw new InvalidOperationException("no greeting"));
        builder.Services.AddKvpGuest().UseTransport((_, prefix) => machine.OpenGuestTransport(prefix))
            .AddService<IGreeter, Greeter>(RpcAccess.Host);
        using IHost guest = builder.Build();
        await guest.StartAsync(Token);
        await using KvpHost host = new(hyperV);
        KvpVirtualMachine opened = await host.OpenVirtualMachineAsync("web-01", Token);

        RpcException error = await Wait.ForError(opened.CreateClient<IGreeter>().GreetAsync("Ann", Token));

        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Visits visits = guest.Services.GetRequiredService<Visits>();
        await Wait.Until(() => visits.Ended == visits.Begun);
        await guest.StopAsync(Token);
    }

    [Fact]
    public async Task A_client_can_be_had_before_its_vm_is_there()
    {
        await using EmulatedHyperV hyperV = new();
        using IHost host = Applications.BuildHost(hyperV, settings =>
        {
            settings.VirtualMachines.Add("*");
            settings.LookInterval = TimeSpan.FromSeconds(1);
        });
        await host.StartAsync(Token);
        Task<string> waiting = host.Services.GetRequiredService<KvpClients>().Get<IGreeter>("db-01")
            .GreetAsync("Ann", Token);

        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("db-01");
        await machine.StartAsync(Token);
        using IHost guest = Applications.BuildGuest((_, prefix) => machine.OpenGuestTransport(prefix));
        await guest.StartAsync(Token);

        Assert.StartsWith("Hello, Ann.", await Wait.For(waiting), StringComparison.Ordinal);
        await host.StopAsync(Token);
        await guest.StopAsync(Token);
    }

    [Fact]
    public async Task A_vm_that_appears_later_can_call_and_one_that_is_gone_is_closed()
    {
        await using Applications apps = await Applications.StartAsync(settings =>
        {
            settings.VirtualMachines.Add("web-*");
            settings.LookInterval = TimeSpan.FromSeconds(1);
        });
        EmulatedVirtualMachine later = apps.HyperV.AddVirtualMachine("web-02");
        EmulatedVirtualMachine other = apps.HyperV.AddVirtualMachine("db-01");
        await later.StartAsync(Token);
        using IHost guest = Applications.BuildGuest((_, prefix) => later.OpenGuestTransport(prefix));
        await guest.StartAsync(Token);
        IGreeter toHost = guest.Services.GetRequiredService<IGreeter>();
        Assert.EndsWith("from web-02.", await Wait.For(toHost.GreetAsync("Ann", Token)), StringComparison.Ordinal);
        KvpHost host = apps.Host.Services.GetRequiredService<KvpHost>();
        Assert.Equal(["web-01", "web-02"], host.OpenVirtualMachines.Select(one => one.Name).Order());

        await guest.StopAsync(Token);
        await apps.HyperV.DeleteVirtualMachineAsync(later);
        await Wait.Until(() => host.OpenVirtualMachines.All(one => one.Id != later.Id));
        Assert.NotEqual(other.Id, Assert.Single(host.OpenVirtualMachines).Id);
    }

    [Fact]
    public async Task A_guest_whose_tables_are_not_there_yet_opens_them_later()
    {
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("web-01");
        TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IHost guest = Applications.BuildGuest((_, prefix) =>
        {
            tried.TrySetResult();
            return machine.OpenGuestTransport(prefix);
        });
        await guest.StartAsync(Token);
        await Wait.For(tried.Task);
        await machine.StartAsync(Token);
        using IHost host = Applications.BuildHost(hyperV, _ => { });
        await host.StartAsync(Token);

        IGreeter greeter = host.Services.GetRequiredKeyedService<IGreeter>("web-01");
        Assert.StartsWith("Hello", await Wait.For(greeter.GreetAsync("Ann", Token)), StringComparison.Ordinal);
        await guest.StopAsync(Token);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task An_application_that_stops_closes_its_links_and_tells_the_peer()
    {
        await using Applications apps = await Applications.StartAsync();
        await Wait.For(apps.ToGuest.GreetAsync("Ann", Token));
        KvpLink link = Assert.Single(
            apps.Host.Services.GetRequiredService<KvpHost>().OpenVirtualMachines).Links.CurrentLink!;

        await apps.Guest.StopAsync(Token);

        await Wait.ForCancellation(link.Ended);
        Assert.Equal(KvpLinkError.ClosedByPeer, link.EndReason!.Error);
        await using IKvpTransport free = apps.Machine.OpenGuestTransport(KvpChannel.KeyPrefix("default"));
    }

    [Fact]
    public async Task A_call_that_runs_when_the_application_stops_may_end()
    {
        await using Applications apps = await Applications.StartAsync();
        IAsyncEnumerator<string> greetings = apps.ToGuest.GreetManyAsync(20_000, Token).GetAsyncEnumerator(Token);
        Assert.True(await greetings.MoveNextAsync());

        Task stopping = apps.Guest.StopAsync(Token);
        int count = 1;
        while (await greetings.MoveNextAsync())
            count++;

        Assert.Equal(20_000, count);
        await Wait.For(stopping);
        await greetings.DisposeAsync();
    }

    [Fact]
    public async Task Calls_that_wait_when_the_application_stops_end()
    {
        await using Applications apps = await Applications.StartAsync(settings =>
        {
            settings.VirtualMachines.Add("*");
            settings.DrainTimeout = TimeSpan.FromMilliseconds(100);
        });
        await Wait.For(apps.ToGuest.GreetAsync("Ann", Token));
        Task waiting = apps.ToGuest.WaitAsync(Token);
        await Wait.Until(() => apps.GuestVisits.Begun == 2);
        await apps.Host.StopAsync(Token);
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(waiting)).StatusCode);
        await Wait.Until(() => apps.GuestVisits.Ended == 2);
    }
}
