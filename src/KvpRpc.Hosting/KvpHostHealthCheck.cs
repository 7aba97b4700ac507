using KvpRpc.Host;
using KvpRpc.Links;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace KvpRpc.Hosting;

/// <summary>Says of each VM that is open whether there is a link to its guest, and what stands in the way.</summary>
/// <remarks>Healthy: to all of them. Degraded: not to all, or the settings name VMs and none of them exists. Unhealthy
/// (or what the registration says): to none. Add it with
/// <c>services.AddHealthChecks().AddCheck&lt;KvpHostHealthCheck&gt;("kvp")</c>.</remarks>
public sealed class KvpHostHealthCheck : IHealthCheck
{
    private const int MaxNamed = 5;

    private readonly KvpHost _host;
    private readonly KvpHostSettings _settings;

    internal KvpHostHealthCheck(KvpHost host, IOptions<KvpHostSettings> settings)
    {
        _host = host;
        _settings = settings.Value;
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        KvpVirtualMachine[] machines = [.. _host.OpenVirtualMachines.OrderBy(one => one.Name, StringComparer.Ordinal)];
        Dictionary<string, object> data = [];
        List<string> missing = [];
        foreach (KvpVirtualMachine machine in machines)
        {
            string state = Describe(machine.Links);
            data[data.ContainsKey(machine.Name) ? $"{machine.Name} {machine.Id}" : machine.Name] = state;
            if (machine.Links.CurrentLink is null)
                missing.Add($"{machine.Name}: {state}");
        }

        HealthStatus status = (machines.Length, missing.Count) switch
        {
            (0, _) => _settings.VirtualMachines.Count == 0 ? HealthStatus.Healthy : HealthStatus.Degraded,
            (_, 0) => HealthStatus.Healthy,
            var (all, none) when all == none => context.Registration.FailureStatus,
            _ => HealthStatus.Degraded,
        };
        return Task.FromResult(new HealthCheckResult(status, Describe(machines.Length, missing), data: data));
    }

    private static string Describe(int count, List<string> missing)
    {
        if (count == 0)
            return "No VM is open.";
        string text = $"Links to {count - missing.Count} of {count} VMs.";
        if (missing.Count == 0)
            return text;
        string more = missing.Count > MaxNamed ? $" And {missing.Count - MaxNamed} more." : "";
        return $"{text} {string.Join(" ", missing.Take(MaxNamed))}{more}";
    }

    private static string Describe(IKvpLinkSource links) =>
        links.CurrentLink is not null ? "open" : links.Obstacle ?? "No link yet: the guest has not answered.";
}
