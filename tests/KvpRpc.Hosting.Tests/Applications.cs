using KvpRpc.Emulator;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KvpRpc.Hosting.Tests;

/// <summary>An application on an emulated host, and one in the guest of its VM web-01, each with the greeter.</summary>
internal sealed class Applications : IAsyncDisposable
{
    private Applications(EmulatedHyperV hyperV, EmulatedVirtualMachine machine, IHost host, IHost guest)
    {
        HyperV = hyperV;
        Machine = machine;
        Host = host;
        Guest = guest;
    }

    internal EmulatedHyperV HyperV { get; }

    internal EmulatedVirtualMachine Machine { get; }

    internal IHost Host { get; }

    internal IHost Guest { get; }

    internal Visits GuestVisits => Guest.Services.GetRequiredService<Visits>();

    internal IGreeter ToGuest => Host.Services.GetRequiredKeyedService<IGreeter>("web-01");

    internal IGreeter ToHost => Guest.Services.GetRequiredService<IGreeter>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static async Task<Applications> StartAsync(Action<KvpHostSettings>? settings = null)
    {
        EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("web-01");
        await machine.StartAsync(Token);
        IHost host = BuildHost(hyperV, settings ?? (value => value.VirtualMachines.Add("WEB-*")));
        IHost guest = BuildGuest((_, prefix) => machine.OpenGuestTransport(prefix));
        await host.StartAsync(Token);
        await guest.StartAsync(Token);
        return new(hyperV, machine, host, guest);
    }

    internal static IHost BuildHost(EmulatedHyperV hyperV, Action<KvpHostSettings> settings)
    {
        HostApplicationBuilder builder = CreateBuilder("Good morning");
        builder.Services.AddKvpHost(settings)
            .UseHypervisor(_ => new Borrowed(hyperV))
            .AddService<IGreeter, Greeter>(RpcAccess.Anyone)
            .AddClient<IGreeter>();
        return builder.Build();
    }

    internal static IHost BuildGuest(Func<IServiceProvider, string, IKvpTransport> open)
    {
        HostApplicationBuilder builder = CreateBuilder("Hello");
        builder.Services.AddKvpGuest(_ => { })
            .UseTransport(open)
            .AddService<IGreeter, Greeter>(RpcAccess.Anyone)
            .AddClient<IGreeter>();
        return builder.Build();
    }

    internal static HostApplicationBuilder CreateBuilder(string greeting)
    {
        HostApplicationBuilder builder =
            Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Services.AddSingleton<Visits>().AddScoped<Visit>().AddSingleton(new Greeter.Greeting(greeting));
        return builder;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(Host);
        await StopAsync(Guest);
        await HyperV.DisposeAsync();
    }

    internal static async Task StopAsync(IHost host)
    {
        await host.StopAsync(Token);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    /// <summary>The hypervisor outlives the application that uses it here.</summary>
    private sealed class Borrowed(EmulatedHyperV hyperV) : IKvpHypervisor
    {
        public ValueTask<IReadOnlyList<KvpVirtualMachineInfo>> ListVirtualMachinesAsync(
            CancellationToken cancellationToken) => hyperV.ListVirtualMachinesAsync(cancellationToken);

        public IKvpTransport OpenTransport(Guid id, string keyPrefix) => hyperV.OpenTransport(id, keyPrefix);
    }
}
