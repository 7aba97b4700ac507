using System.Diagnostics.CodeAnalysis;
using KvpRpc.Links;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace KvpRpc.Resilience;

/// <summary>What happens when a call fails for the sake of the link: the pipeline of that name, and its parts for
/// pipelines of one's own.</summary>
/// <remarks>
/// <para>By default a call that certainly did not run is sent again, whatever its method; one of an <see
/// cref="IdempotentAttribute"/> method also where it may have run, and where the peer says when to try again. All
/// attempts share one deadline. A circuit for each peer spares callers a wait for what does not come.</para>
/// <para>Interceptors are outside: they see one call, however many attempts it takes.</para>
/// </remarks>
public static class RpcResilience
{
    /// <summary>The name of the pipeline.</summary>
    public const string PipelineName = "KvpRpc";

    internal static readonly ResiliencePropertyKey<CallAttempts> AttemptsKey = new("KvpRpc.Attempts");

    /// <summary>Adds the default strategies: a circuit breaker, and inside it retries.</summary>
    /// <param name="builder">The builder of a pipeline that makes calls.</param>
    /// <param name="options">The numbers; null for the default ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of its range.</exception>
    public static ResiliencePipelineBuilder AddKvpRpcDefaults(
        this ResiliencePipelineBuilder builder, RpcResilienceOptions? options = null) =>
        AddDefaults(builder, options ?? new(), static _ => { });

    /// <summary>Says whether the call may be sent again after an attempt that ended with this: the rule of the default
    /// retries, for strategies of one's own.</summary>
    /// <param name="context">The context in which the call runs.</param>
    /// <param name="exception">How the attempt failed; null: it did not.</param>
    /// <returns>False also for other executions than those of calls.</returns>
    public static bool CanRetry(ResilienceContext context, Exception? exception)
    {
        ArgumentNullException.ThrowIfNull(context);
        return exception is RpcException error
            && context.Properties.TryGetValue(AttemptsKey, out CallAttempts? attempts)
            && attempts.CanRetry(error);
    }

    /// <summary>Says whether a call failed because there was no link, or it was lost: what counts for the default
    /// circuit. What the peer answers does not.</summary>
    public static bool IsLinkFailure([NotNullWhen(true)] Exception? exception) =>
        exception is RpcException { InnerException: KvpLinkException { Error: not KvpLinkError.StreamReset } };

    internal static ResiliencePipelineBuilder AddDefaults(
        ResiliencePipelineBuilder builder, RpcResilienceOptions options, Action<bool> handleCircuit)
    {
        ArgumentNullException.ThrowIfNull(builder);
        options.Validate();
        if (options.FailuresToBreak > 0)
            builder.AddCircuitBreaker(CreateCircuit(options, handleCircuit));
        if (options.MaxRetries > 0)
            builder.AddRetry(CreateRetry(options));
        return builder;
    }

    private static CircuitBreakerStrategyOptions CreateCircuit(
        RpcResilienceOptions options, Action<bool> handleCircuit) => new()
        {
            FailureRatio = 0.5,
            MinimumThroughput = options.FailuresToBreak,
            SamplingDuration = options.FailurePeriod,
            BreakDuration = options.BreakDuration,
            ShouldHandle = static arguments => new(IsLinkFailure(arguments.Outcome.Exception)),
            OnOpened = _ =>
            {
                handleCircuit(true);
                return default;
            },
            OnClosed = _ =>
            {
                handleCircuit(false);
                return default;
            },
        };

    private static RetryStrategyOptions CreateRetry(RpcResilienceOptions options) => new()
    {
        MaxRetryAttempts = options.MaxRetries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.RetryDelay,
        MaxDelay = options.MaxRetryDelay,
        ShouldHandle = static arguments => new(CanRetry(arguments.Context, arguments.Outcome.Exception)),
        DelayGenerator = static arguments => new(GetDelay(arguments)),
        OnRetry = static arguments =>
        {
            if (arguments.Context.Properties.TryGetValue(AttemptsKey, out CallAttempts? attempts)
                && arguments.Outcome.Exception is { } error)
            {
                Log.Retrying(attempts.Logger, attempts.Method.FullName, arguments.RetryDelay, error.Message);
            }

            return default;
        },
    };

    /// <summary>Gets what the peer asks for; nothing where nothing was lost; null for the usual wait.</summary>
    private static TimeSpan? GetDelay(RetryDelayGeneratorArguments<object> arguments)
    {
        RpcException? error = arguments.Outcome.Exception as RpcException;
        bool isFirst = arguments.AttemptNumber == 0;
        return error?.RetryAfter ?? (isFirst && error is { CertainlyNotRun: true } ? TimeSpan.Zero : null);
    }
}
