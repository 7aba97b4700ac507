using System.Runtime.ExceptionServices;
using KvpRpc.Calls;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace KvpRpc.Resilience;

/// <summary>One call in a pipeline.</summary>
/// <typeparam name="T">What an attempt gives.</typeparam>
/// <param name="attempt">What is done.</param>
/// <param name="call">The call.</param>
/// <param name="first">How the first attempt has failed, outside; null: there was none.</param>
internal sealed class ResilientCall<T>(CallAttempt<T> attempt, OutboundCall call, RpcException? first)
{
    private RpcException? _first = first;

    /// <summary>Runs the call to its end.</summary>
    /// <exception cref="RpcException">No attempt succeeded.</exception>
    internal async ValueTask<T> RunAsync(ResiliencePipeline pipeline)
    {
        ResilienceContext context = Begin();
        try
        {
            Outcome<T> outcome = await pipeline.ExecuteOutcomeAsync(
                static (context, call) => call.AttemptAsync(context), context, this).ConfigureAwait(false);
            if (outcome.Exception is { } error)
                Throw(error);
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Runs the call to its end with attempts that may run at the same time.</summary>
    /// <inheritdoc cref="RunAsync"/>
    internal async ValueTask<T> RunHedgedAsync(ResiliencePipeline<object> pipeline)
    {
        ResilienceContext context = Begin();
        call.Attempts!.AreHedged = true;
        try
        {
            Outcome<object> outcome = await pipeline.ExecuteOutcomeAsync(
                static async (context, call) =>
                {
                    Outcome<T> outcome = await call.AttemptAsync(context).ConfigureAwait(false);
                    return outcome.Exception is { } error
                        ? Outcome.FromException<object>(error)
                        : Outcome.FromResult<object>(outcome.Result!);
                },
                context,
                this).ConfigureAwait(false);
            if (outcome.Exception is { } error)
                Throw(error);
            return (T)outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResilienceContext Begin()
    {
        call.Attempts ??= new(attempt.Starter.Client, attempt.Method, call);
        ResilienceContext context =
            ResilienceContextPool.Shared.Get(attempt.Method.FullName, continueOnCapturedContext: false, call.Share());
        context.Properties.Set(RpcResilience.AttemptsKey, call.Attempts);
        return context;
    }

    private async ValueTask<Outcome<T>> AttemptAsync(ResilienceContext context)
    {
        if (Interlocked.Exchange(ref _first, null) is { } failure)
            return Outcome.FromException<T>(failure);
        OutboundCall one = OutboundCall.BeginAttempt(call, context.CancellationToken);
        bool goesOn = false;
        try
        {
            attempt.Starter.Settings.Response?.Begin();
            T result = await attempt.RunAsync(one).ConfigureAwait(false);
            goesOn = attempt.OutlivesAttempt;
            if (goesOn)
                one.FollowWhole();
            return Outcome.FromResult(result);
        }
        catch (Exception exception)
        {
            return Outcome.FromException<T>(exception);
        }
        finally
        {
            if (!goesOn)
                one.EndAttempt();
        }
    }

    private void Throw(Exception error) => ExceptionDispatchInfo.Throw(Translate(error));

    /// <summary>Gets what the caller is to see of what the pipeline gave.</summary>
    private Exception Translate(Exception exception)
    {
        CallAttempts attempts = call.Attempts!;
        string method = attempt.Method.FullName;
        if (exception is OperationCanceledException && call.End != CallEnd.None)
            return attempt.Starter.TranslateEnd(call, method, attempts.MayHaveRun);
        RpcException? error = exception switch
        {
            RpcException known => known,
            OperationCanceledException => CallErrors.CancelledByPipeline(method, attempts.MayHaveRun, exception),
            ExecutionRejectedException when attempts.LastError is { } last => last,
            BrokenCircuitException broken => CallErrors.CircuitOpen(method, broken.RetryAfter, broken),
            TimeoutRejectedException => CallErrors.TimedOutByPipeline(method, attempts.MayHaveRun, exception),
            ExecutionRejectedException => CallErrors.RejectedByPipeline(method, exception),
            _ => null,
        };
        return error is null ? exception : attempts.Conclude(error);
    }
}
