using KvpRpc.Transports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Hosting;

/// <summary>Opens the guest's tables when the application starts, or as soon as they are there, and closes the link
/// when it stops.</summary>
internal sealed class KvpGuestService(HostedGuest guest, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = loggers.CreateLogger("KvpRpc.Hosting");

    /// <summary>Ends what runs and closes the link; the host is told.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        // Calls that run may end, before what they run on is closed.
        await guest.Peer.DrainAsync(cancellationToken).ConfigureAwait(false);
        await guest.DisposeAsync().ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? failure = null;
        for (TimeSpan retryAfter = FirstRetryAfter; ; retryAfter = Min(retryAfter * 2, LongestRetryAfter))
        {
            try
            {
                await guest.OpenAsync(stoppingToken).ConfigureAwait(false);
                Log.GuestOpened(_logger);
                return;
            }
            catch (KvpTransportException exception)
            {
                // The service of the guest may start after this application. Said once, not at every try.
                if (failure != exception.Message)
                    Log.GuestNotOpened(_logger, exception);
                failure = exception.Message;
                guest.Links.SetObstacle(failure);
            }

            await Task.Delay(retryAfter, guest.TimeProvider, stoppingToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
