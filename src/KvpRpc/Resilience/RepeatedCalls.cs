using KvpRpc.Calls;
using KvpRpc.Links;

namespace KvpRpc.Resilience;

/// <summary>The calls of the peer that may come again: each runs once while its answer is kept.</summary>
internal static class RepeatedCalls
{
    /// <summary>Gets by what a call is known when it comes again; null: it runs whenever it comes.</summary>
    internal static AnswerKey? GetKey(InboundCall call, ServiceMethod method)
    {
        // A call that reports has told more than its last message.
        if (!method.IsUnary || call.Server.Answers.IsOff || call.IsHeard)
            return null;
        if (!call.IdempotencyId.IsEmpty)
            return new(call.Method, default, Convert.ToHexString(call.IdempotencyId.Span));
        return method.IsIdempotent && call.FirstAttempt is { } first ? new(call.Method, first, string.Empty) : null;
    }

    /// <summary>Runs a call, unless another attempt at it runs or has run: then that one's answer is sent.</summary>
    internal static ValueTask RunOnceAsync(
        InboundCall call, in AnswerKey key, ServiceMethod method, KvpLinkMessage message, int payloadStart)
    {
        RememberedAnswer? place = call.Server.Answers.Enter(key, call.Server.Table.Now, out Task<byte[]?>? answer);
        call.TakePlace(place);
        return place is not null
            ? method.RunNowAsync(call, message, payloadStart)
            : AwaitAnswerAsync(call, key, answer!, method, message, payloadStart);
    }

    private static async ValueTask AwaitAnswerAsync(
        InboundCall call,
        AnswerKey key,
        Task<byte[]?> answer,
        ServiceMethod method,
        KvpLinkMessage message,
        int payloadStart)
    {
        Task<byte[]?>? next = answer;
        try
        {
            while (next is not null)
            {
                if (await next.WaitAsync(call.Aborted).ConfigureAwait(false) is { } bytes)
                {
                    message.Dispose();
                    Log.AnsweredAgain(call.Server.Logger, call.Method);
                    ReadOnlyMemory<byte> last = call.TakesCompressed ? bytes : MessageCompression.ToPlain(bytes);
                    await call.SendLastAsync(last).ConfigureAwait(false);
                    return;
                }

                // The other attempt ended without an answer: this one may run, if it is the first to come.
                call.TakePlace(call.Server.Answers.Enter(key, call.Server.Table.Now, out next));
            }
        }
        catch (OperationCanceledException) when (call.Aborted.IsCancellationRequested)
        {
            message.Dispose();
            throw;
        }

        await method.RunNowAsync(call, message, payloadStart).ConfigureAwait(false);
    }
}
