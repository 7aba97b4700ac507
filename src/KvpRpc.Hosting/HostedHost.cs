using KvpRpc.Host;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KvpRpc.Hosting;

/// <summary>Makes the host of an application from what is registered.</summary>
internal static class HostedHost
{
    internal static KvpHostOptions CreateOptions(IServiceProvider provider)
    {
        KvpHostSettings settings = provider.GetRequiredService<IOptions<KvpHostSettings>>().Value;
        ILoggerFactory loggers = provider.GetRequiredService<ILoggerFactory>();
        TimeProvider time = provider.GetService<TimeProvider>() ?? TimeProvider.System;
        KvpHostOptions options = new()
        {
            Links = settings.ToLinks() with { TimeProvider = time, Logger = loggers.CreateLogger("KvpRpc.Links") },
            Calls = settings.ToCalls() with { TimeProvider = time, Logger = loggers.CreateLogger("KvpRpc.Calls") },
        };
        return provider.GetServices<HostOptionsChange>()
            .Aggregate(options, static (changed, next) => next.Change(changed));
    }

    internal static KvpHost Create(IServiceProvider provider)
    {
        IKvpHypervisor hypervisor = provider.GetService<IKvpHypervisor>() ?? throw new InvalidOperationException(
            "No hypervisor is registered. Call AddKvpHost(...).UseHypervisor(...), for example with an EmulatedHyperV "
            + "of the package KvpRpc.Emulator.");
        KvpHost host = new(hypervisor, provider.GetRequiredService<KvpHostOptions>());
        IServiceScopeFactory scopes = provider.GetRequiredService<IServiceScopeFactory>();
        foreach (HostServiceOffer offer in provider.GetServices<HostServiceOffer>())
            offer.Add(host, scopes);
        return host;
    }
}
