using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvpRpc.Hosting;

/// <summary>Says whether there is a link to the host, when it was last heard of, and what stands in the way.</summary>
/// <remarks>Add it with <c>services.AddHealthChecks().AddCheck&lt;KvpGuestHealthCheck&gt;("kvp")</c>. The data
/// <c>seconds_since_heard</c> grows while the link rests: a host that has nothing to say writes nothing.</remarks>
public sealed class KvpGuestHealthCheck : IHealthCheck
{
    private readonly HostedGuest _guest;

    internal KvpGuestHealthCheck(HostedGuest guest) => _guest = guest;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dictionary<string, object> data = [];
        if (_guest.SinceHeard is { } heard)
            data["seconds_since_heard"] = heard.TotalSeconds;
        bool isOpen = _guest.Links.CurrentLink is not null;
        HealthStatus status = isOpen ? HealthStatus.Healthy : context.Registration.FailureStatus;
        string text = isOpen
            ? "The link to the host is open."
            : $"No link to the host. {_guest.Links.Obstacle ?? "It has not answered: does a program there call?"}";
        return Task.FromResult(new HealthCheckResult(status, text, data: data));
    }
}
