namespace KvpRpc.Generator.Lock;

/// <summary>Finds why a method, as it is now, breaks peers that know it as it was.</summary>
/// <param name="isSame">Whether two forms, as it was and as it is, are the same bytes.</param>
internal sealed class MethodDrift(Func<string, string, bool> isSame)
{
    /// <summary>The reason; null if peers go on.</summary>
    internal string? FindBreak(MethodForm was, MethodForm now)
    {
        if (!isSame(was.Result, now.Result))
            return $"its result was '{was.Result}' and is '{now.Result}'";
        if (was.IsIdempotent && !now.IsIdempotent)
            return "it was idempotent, so callers may still send it twice";
        return FindBreakInStreams(was, now) ?? FindBreakInReports(was, now) ?? FindBreakInValues(was, now);
    }

    private string? FindBreakInStreams(MethodForm was, MethodForm now)
    {
        MethodForm.Parameter[] before = Of(was, MethodForm.Stream), after = Of(now, MethodForm.Stream);
        return before.Length != after.Length
            ? $"it had {before.Length} arguments that are streams and has {after.Length}"
            : FindChanged(before, after);
    }

    // A caller says which reports it wants, so reports may come and go, but not change.
    private string? FindBreakInReports(MethodForm was, MethodForm now) =>
        FindChanged(Of(was, MethodForm.Progress), Of(now, MethodForm.Progress));

    private string? FindBreakInValues(MethodForm was, MethodForm now)
    {
        MethodForm.Parameter[] before = Of(was, null), after = Of(now, null);
        if (FindChanged(before, after) is { } changed)
            return changed;
        foreach ((MethodForm.Parameter old, MethodForm.Parameter next) in before.Zip(after, (a, b) => (a, b)))
        {
            if (old.IsOptional && !next.IsOptional)
                return $"its argument '{next.Name}' was optional and is not any more";
        }

        if (before.Skip(after.Length).FirstOrDefault(at => !at.IsOptional) is { } gone)
            return $"its argument '{gone.Name}' is gone, which earlier callees need";
        return after.Skip(before.Length).FirstOrDefault(at => !at.IsOptional) is { } added
            ? $"its new argument '{added.Name}' has no default value, and earlier callers do not send it"
            : null;
    }

    private string? FindChanged(MethodForm.Parameter[] before, MethodForm.Parameter[] after)
    {
        foreach ((MethodForm.Parameter old, MethodForm.Parameter next) in before.Zip(after, (a, b) => (a, b)))
        {
            if (!isSame(old.Form, next.Form))
                return $"its argument '{next.Name}' is '{next.Form}', where '{old.Name}' was '{old.Form}'";
        }

        return null;
    }

    private static MethodForm.Parameter[] Of(MethodForm method, string? prefix) =>
    [
        .. method.Parameters.Where(parameter => prefix is null
            ? !IsMore(parameter, MethodForm.Stream) && !IsMore(parameter, MethodForm.Progress)
            : IsMore(parameter, prefix)),
    ];

    private static bool IsMore(MethodForm.Parameter parameter, string prefix) =>
        parameter.Form.StartsWith(prefix, StringComparison.Ordinal);
}
