using System.Diagnostics.CodeAnalysis;

namespace KvpRpc.Cli.Demo;

/// <summary>Where a step writes what it asks and what comes.</summary>
internal sealed class StepLog
{
    private readonly List<string> _answers = [];
    private readonly SortedDictionary<string, double> _figures = new(StringComparer.Ordinal);

    internal string Asked { get; private set; } = string.Empty;

    internal IReadOnlyList<string> Answers => _answers;

    /// <summary>Gets the measured figures by name; the names end in their unit.</summary>
    internal IReadOnlyDictionary<string, double> Figures => _figures;

    internal void Ask(string text) => Asked = text;

    internal void Answer(string text) => _answers.Add(text);

    internal void Measure(string name, double value) => _figures[name] = Math.Round(value, 3);

    /// <summary>Fails the step unless what came is right.</summary>
    /// <param name="isRight">Whether it is.</param>
    /// <param name="came">What came, for people.</param>
    internal static void Check([DoesNotReturnIf(false)] bool isRight, string came)
    {
        if (!isRight)
            throw new StepFailedException(came);
    }

    /// <summary>Fails the step unless a call ends with a status.</summary>
    internal static async Task<RpcException> EndsWithAsync(StatusCode status, Task call)
    {
        try
        {
            await call;
        }
        catch (RpcException exception) when (exception.StatusCode == status)
        {
            return exception;
        }

        throw new StepFailedException("the call succeeded");
    }
}
