using Microsoft.Extensions.Logging;

namespace KvpRpc.Calls;

/// <summary>What calls log: ids 100 to 149, never used again for another meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Debug, "{Method} was given up: {Reason}.")]
    internal static partial void CallGivenUp(ILogger logger, string method, CallEnd reason);

    [LoggerMessage(101, LogLevel.Debug, "{Method} failed with {Status}: {Error}")]
    internal static partial void CallFailed(ILogger logger, string method, StatusCode status, string error);

    [LoggerMessage(102, LogLevel.Error, "The handler of {Method} threw.")]
    internal static partial void HandlerThrew(ILogger logger, Exception exception, string method);

    [LoggerMessage(103, LogLevel.Debug, "The handler of {Method} ended the call with {Status}: {Error}")]
    internal static partial void HandlerEndedCall(ILogger logger, string method, StatusCode status, string error);

    [LoggerMessage(104, LogLevel.Debug, "The handler of {Method} stopped, since nobody waits for it any more.")]
    internal static partial void HandlerStopped(ILogger logger, string method);

    [LoggerMessage(105, LogLevel.Debug, "The deadline of {Method} had passed before it was dispatched.")]
    internal static partial void ExpiredCallDropped(ILogger logger, string method);

    [LoggerMessage(106, LogLevel.Warning, "{Max} calls of the peer are running: another was refused.")]
    internal static partial void CallRefused(ILogger logger, int max);

    [LoggerMessage(107, LogLevel.Warning, "A call of {Method} was rejected with {Status}: {Error}")]
    internal static partial void CallRejected(
        ILogger logger, Exception? exception, string method, StatusCode status, string error);

    [LoggerMessage(108, LogLevel.Debug, "The peer of {Method} was gone before the call's end.")]
    internal static partial void CallerGone(ILogger logger, Exception exception, string method);

    [LoggerMessage(109, LogLevel.Debug, "Accepting calls on a link.")]
    internal static partial void Accepting(ILogger logger);

    [LoggerMessage(110, LogLevel.Error, "No calls are accepted any more: no link can open.")]
    internal static partial void AcceptingStopped(ILogger logger, Exception exception);

    [LoggerMessage(111, LogLevel.Error, "Code that waits for the end of {Method} threw.")]
    internal static partial void AbortCallbackThrew(ILogger logger, Exception exception, string method);

    [LoggerMessage(112, LogLevel.Error, "The response of {Method} cannot be written.")]
    internal static partial void ResponseUnwritable(ILogger logger, Exception exception, string method);

    [LoggerMessage(113, LogLevel.Error, "A call of {Method} broke off.")]
    internal static partial void CallBroke(ILogger logger, Exception exception, string method);

    [LoggerMessage(116, LogLevel.Warning,
        "{Peer} may not call {Method}: {Status}. This is logged once for a service and caller. {Error}")]
    internal static partial void AccessDenied(
        ILogger logger, RpcPeerIdentity peer, string method, StatusCode status, string error);

    [LoggerMessage(117, LogLevel.Error, "The rule of who may call {Method} threw: the call was not run.")]
    internal static partial void AccessUndecided(ILogger logger, Exception exception, string method);

    [LoggerMessage(118, LogLevel.Debug, "A call of {Method} was refused, since this side is stopping.")]
    internal static partial void CallRefusedStopping(ILogger logger, string method);

    [LoggerMessage(119, LogLevel.Warning, "{Count} calls of the peer did not end in time and were cancelled.")]
    internal static partial void CallsCutOff(ILogger logger, int count);

    [LoggerMessage(120, LogLevel.Error, "Code that waits for this side's stopping threw.")]
    internal static partial void StoppingCallbackThrew(ILogger logger, Exception exception);

    [LoggerMessage(115, LogLevel.Warning,
        "{Count} details of an error of {Method} did not cross: they are too large, or of types not registered.")]
    internal static partial void DetailsLeftOut(ILogger logger, int count, string method);

    [LoggerMessage(114, LogLevel.Debug, "{Method} was given up: a stream among its arguments, or who listens, threw.")]
    internal static partial void ArgumentThrew(ILogger logger, Exception exception, string method);

    [LoggerMessage(121, LogLevel.Warning, "The handler of {Method} was cancelled, though nobody cancelled the call.")]
    internal static partial void HandlerCancelled(ILogger logger, Exception exception, string method);
}
