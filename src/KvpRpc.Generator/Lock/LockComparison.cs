using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Lock;

/// <summary>Compares contracts with the lock file.</summary>
internal sealed class LockComparison
{
    private readonly LockFile _file;
    private readonly IReadOnlyDictionary<string, LockEntry> _entries;
    private readonly MethodDrift _methods;

    /// <summary>Initializes a comparison.</summary>
    /// <param name="file">What was.</param>
    /// <param name="entries">What is, by the keys of the entries.</param>
    internal LockComparison(LockFile file, IReadOnlyDictionary<string, LockEntry> entries)
    {
        _file = file;
        _entries = entries;
        _methods = new MethodDrift(IsSame);
    }

    /// <summary>Finds what of an entry the file does not have, and what breaks peers.</summary>
    internal IEnumerable<Drift> Find(LockEntry entry)
    {
        LockEntry? was = _file.Find(entry.Key);
        if (was is not null && was.Kind != entry.Kind)
        {
            yield return Whole(
                Diagnostics.LockBreak, entry, entry.Name, LockFile.FileName,
                $"it crossed as {was.Kind} and crosses as {entry.Kind}");
            yield break;
        }

        if (was is null or { IsRetired: true })
            yield return Whole(Diagnostics.LockMissing, entry, entry.Name, LockFile.FileName);
        if (was is null)
            yield break;
        foreach (LockLine line in entry.Lines)
        {
            LockLine? before = was.Find(line.Key);
            LockEdit edit = new(entry.Kind, entry.Name, line.Key, line.Text);
            string? reason = before is null ? null : FindBreak(entry, before, line);
            if (reason is not null)
            {
                yield return new Drift(
                    Diagnostics.LockBreak, line.Key, -1, edit, NameOf(entry, line), LockFile.FileName,
                    before!.IsRetired ? $"its name or key is that of a retired member; {reason}" : reason);
            }
            else if (before is null or { IsRetired: true } && !was.IsRetired)
            {
                yield return new Drift(
                    Diagnostics.LockMissing, line.Key, -1, edit, NameOf(entry, line), LockFile.FileName);
            }
        }
    }

    /// <summary>Finds what the file has and the contracts have not, or have in other words.</summary>
    /// <param name="isWhole">Whether the contracts are all contracts; else one that is wrong may use a type.</param>
    /// <param name="isKnown">Whether there is a service of a name, right or wrong.</param>
    internal IEnumerable<Drift> FindRest(bool isWhole, Func<string, bool> isKnown)
    {
        foreach (LockEntry was in _file.Entries.Where(entry => !entry.IsRetired))
        {
            if (_entries.TryGetValue(was.Key, out LockEntry? entry))
            {
                foreach (Drift drift in entry.Kind == was.Kind ? FindRest(was, entry) : [])
                    yield return drift;
            }
            else if (was.IsService ? !isKnown(was.Name) : isWhole)
            {
                yield return new Drift(
                    was.IsService ? Diagnostics.LockRemoved : Diagnostics.LockOutdated,
                    null,
                    was.Number,
                    new LockEdit(was.Kind, was.Name, null, null),
                    was.Name,
                    LockFile.FileName);
            }
        }
    }

    private IEnumerable<Drift> FindRest(LockEntry was, LockEntry entry)
    {
        foreach (LockLine before in was.Lines.Where(line => !line.IsRetired))
        {
            LockLine? line = entry.Find(before.Key);
            if (line is null)
            {
                yield return new Drift(
                    Diagnostics.LockRemoved, before.Key, before.Number,
                    new LockEdit(was.Kind, was.Name, before.Key, null), NameOf(was, before), LockFile.FileName);
            }
            else if (line.Text != before.Text && FindBreak(entry, before, line) is null)
            {
                yield return new Drift(
                    Diagnostics.LockOutdated, before.Key, before.Number,
                    new LockEdit(was.Kind, was.Name, line.Key, line.Text), NameOf(was, before), LockFile.FileName);
            }
        }
    }

    private string? FindBreak(LockEntry entry, LockLine before, LockLine line)
    {
        if (entry.IsService)
        {
            return MethodForm.Parse(before.Text) is { } was && MethodForm.Parse(line.Text) is { } now
                ? _methods.FindBreak(was, now)
                : null;
        }

        string old = CanonicalForm.FormOf(entry, before), next = CanonicalForm.FormOf(entry, line);
        return IsSame(old, next) ? null : $"it was '{old}' and is '{next}'";
    }

    // The same words are the same bytes as far as this line goes: what changed in a type is found at the type. Other
    // words are the same bytes if they are names of types that cross alike.
    private bool IsSame(string was, string now) =>
        was == now || CanonicalForm.Of(was, FindWas) == CanonicalForm.Of(now, FindNow);

    private LockEntry? FindWas(string name) => _file.Find(LockEntry.IdOf(isService: false, name));

    private LockEntry? FindNow(string name) =>
        _entries.TryGetValue(LockEntry.IdOf(isService: false, name), out LockEntry? entry) ? entry : null;

    private static Drift Whole(DiagnosticDescriptor descriptor, LockEntry entry, params string[] arguments) =>
        new(
            descriptor,
            null,
            -1,
            new LockEdit(entry.Kind, entry.Name, null, LockFile.LinesOf(entry)),
            arguments);

    private static string NameOf(LockEntry entry, LockLine line) =>
        entry.IsService ? $"{entry.Name}/{line.Key}" : $"{entry.Name}, key {LockText.Quote(line.Key)}";
}
