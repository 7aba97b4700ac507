using Microsoft.Extensions.Logging;

namespace KvpRpc.Resilience;

/// <summary>What calls log of their attempts: ids 150 to 159, never used again for another meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(150, LogLevel.Debug, "{Method} is made again in {Delay}: {Error}")]
    internal static partial void Retrying(ILogger logger, string method, TimeSpan delay, string error);

    [LoggerMessage(151, LogLevel.Warning,
        "The circuit to the peer is open: calls end at once, until one that is let through finds a link.")]
    internal static partial void CircuitOpened(ILogger logger);

    [LoggerMessage(152, LogLevel.Information, "The circuit to the peer is closed again.")]
    internal static partial void CircuitClosed(ILogger logger);

    [LoggerMessage(153, LogLevel.Debug, "{Method} was sent again: it has the answer of its first attempt.")]
    internal static partial void AnsweredAgain(ILogger logger, string method);
}
