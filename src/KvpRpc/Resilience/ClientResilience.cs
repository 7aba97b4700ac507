using System.Runtime.ExceptionServices;
using KvpRpc.Calls;
using KvpRpc.Generated;
using Polly;
using Polly.Hedging;

namespace KvpRpc.Resilience;

/// <summary>How the calls of one client are made more than once.</summary>
/// <param name="peer">What all clients of the peer share.</param>
/// <param name="own">A pipeline of the client's own; null: the peer's.</param>
/// <param name="hedging">What hedges the calls that can be; null: nothing.</param>
internal sealed class ClientResilience(
    PeerResilience peer, ResiliencePipeline? own, ResiliencePipeline<object>? hedging)
{
    private readonly bool _takesAll = own is not null && own != ResiliencePipeline.Empty;

    private bool IsOff => own is null ? peer.IsOff : !_takesAll;

    internal static ResiliencePipeline<object>? CreateHedging(RpcHedgingOptions? options, TimeProvider time)
    {
        if (options is null)
            return null;
        options.Validate();
        ResiliencePipelineBuilder<object> builder = new()
        {
            Name = RpcResilience.PipelineName,
            TimeProvider = time,
        };
        return builder.AddHedging(new HedgingStrategyOptions<object>
        {
            Delay = options.Delay,
            MaxHedgedAttempts = options.MaxHedgedAttempts,
            ShouldHandle =
                static arguments => new(RpcResilience.CanRetry(arguments.Context, arguments.Outcome.Exception)),
        }).Build();
    }

    /// <summary>Says whether a call shall run in a pipeline from its beginning on, not only after a failure.</summary>
    internal bool TakesAtOnce(RpcMethod method) =>
        _takesAll || (own is null && peer.TakesAll) || CanHedge(method);

    /// <summary>Says whether a call whose attempt has failed is to be given to <see cref="ContinueAsync"/>: not
    /// one that a pipeline has seen already.</summary>
    internal bool MayContinue(OutboundCall call) => !IsOff && call is { IsShared: false, Attempts: not null };

    /// <summary>Makes a call, with as many attempts as it takes and may have.</summary>
    /// <exception cref="RpcException">None succeeded.</exception>
    internal async ValueTask<T> MakeAsync<T>(CallAttempt<T> attempt, OutboundCall call)
    {
        try
        {
            if (TakesAtOnce(attempt.Method))
                return await RunAsync(attempt, call).ConfigureAwait(false);
            return await attempt.RunAsync(call).ConfigureAwait(false);
        }
        catch (RpcException error) when (MayContinue(call))
        {
            return await ContinueAsync(attempt, call, error).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a call all whose attempts the pipeline sees.</summary>
    internal ValueTask<T> RunAsync<T>(CallAttempt<T> attempt, OutboundCall call)
    {
        ResilientCall<T> resilient = new(attempt, call, first: null);
        bool mustTakeAll = _takesAll || (own is null && peer.TakesAll);
        return !mustTakeAll && CanHedge(attempt.Method)
            ? resilient.RunHedgedAsync(hedging!)
            : resilient.RunAsync(own ?? peer.Pipeline);
    }

    /// <summary>Goes on with a call whose first attempt has failed outside the pipeline.</summary>
    /// <exception cref="RpcException">No other attempt may follow, or none succeeded.</exception>
    internal async ValueTask<T> ContinueAsync<T>(CallAttempt<T> attempt, OutboundCall call, RpcException error)
    {
        CallAttempts attempts = call.Attempts!;
        if (peer.Retries && attempts.CanRetry(error))
            return await new ResilientCall<T>(attempt, call, error).RunAsync(peer.Pipeline).ConfigureAwait(false);
        if (peer.TakesFailure(error, attempts.First))
            await ReportAsync(error).ConfigureAwait(false);
        ExceptionDispatchInfo.Throw(error);
        return default!;
    }

    private bool CanHedge(RpcMethod method) =>
        hedging is not null && method is { IsIdempotent: true, Shape: RpcMethodShape.Unary };

    /// <summary>Lets the circuit count a failure after which no attempt follows.</summary>
    private async ValueTask ReportAsync(RpcException error)
    {
        // The call has ended, perhaps by its token: the circuit is to hear of it all the same.
        ResilienceContext context = ResilienceContextPool.Shared.Get(
            continueOnCapturedContext: false, CancellationToken.None);
        try
        {
            await peer.Pipeline.ExecuteOutcomeAsync(
                static (_, error) => Outcome.FromExceptionAsValueTask<bool>(error), context, error)
                .ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
