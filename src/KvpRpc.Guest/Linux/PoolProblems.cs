using System.Globalization;
using System.Text;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Linux;

/// <summary>Keeps what is wrong with one pool file, as of the last time it was looked at.</summary>
internal sealed class PoolProblems
{
    private const int MaxReported = 8;
    private const int MaxKeyShown = 64;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly OwnKeys? _keys;
    private List<Finding> _findings = [];
    private List<Finding> _spare = [];
    private bool _isCapped;

    /// <summary>Initializes the problems of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keys">Tells own records from those of others; null for a file whose records are not looked
    /// at.</param>
    internal PoolProblems(string path, OwnKeys? keys)
    {
        _path = path;
        _keys = keys;
    }

    /// <summary>Gets the problems; replaced, never changed.</summary>
    internal IReadOnlyList<KvpTransportProblem> Current { get; private set; } = [];

    /// <summary>Looks at a file.</summary>
    internal void Update(PoolImage image)
    {
        lock (_gate)
        {
            List<Finding> findings = _spare;
            findings.Clear();
            if (_keys is not null)
                Inspect(image, _keys, findings);
            if (image.IsCapped != _isCapped || !findings.SequenceEqual(_findings))
            {
                Current = Report(image, findings);
                _isCapped = image.IsCapped;
                (_spare, _findings) = (_findings, findings);
            }
        }
    }

    private static void Inspect(PoolImage image, OwnKeys keys, List<Finding> findings)
    {
        int hidden = 0;
        for (int number = image.Count - 1; number >= 0; number--)
        {
            ReadOnlySpan<byte> record = image[number];
            if (keys.IsOwn(record))
            {
                hidden += PoolRecord.IsValueEmpty(record) ? 0 : 1;
            }
            else if (PoolRecord.Inspect(record) is var fault and not PoolRecordFault.None)
            {
                // From the end backwards: the first record of the file is the one that hides most, and is kept.
                if (findings.Count == MaxReported)
                    findings.RemoveAt(0);
                findings.Add(new Finding(number, fault, hidden));
            }
        }
    }

    private List<KvpTransportProblem> Report(PoolImage image, List<Finding> findings)
    {
        List<KvpTransportProblem> problems = new(findings.Count + 1);
        for (int i = findings.Count - 1; i >= 0; i--)
            problems.Add(Report(findings[i], image));

        if (image.IsCapped)
        {
            problems.Add(new("pool-too-large", string.Create(CultureInfo.InvariantCulture,
                $"The pool file {_path} has {image.FileLength / PoolRecord.Size} records; only the first " +
                $"{PoolImage.MaxRecords} are looked at. Find the program that fills it and remove its records.")));
        }

        return problems;
    }

    private KvpTransportProblem Report(Finding finding, PoolImage image)
    {
        string key = Printable(PoolRecord.Key(image[finding.Record]));
        string record = string.Create(CultureInfo.InvariantCulture,
            $"Record {finding.Record} (at byte {(long)finding.Record * PoolRecord.Size}) of {_path}, key \"{key}\", ");
        string remedy = string.Create(CultureInfo.InvariantCulture,
            $"Stop the program that writes it, then end the file before it: truncate -s " +
            $"{(long)finding.Record * PoolRecord.Size} {_path} (records behind it go too; ours are written again).");
        string hidden = string.Create(CultureInfo.InvariantCulture, $"{finding.Hidden}");
        return finding.Fault == PoolRecordFault.NotUtf8
            ? new("foreign-record-invalid-utf8", record +
                $"is not UTF-8. The host's reading ends there: it sees no later record, among them {hidden} of this " +
                $"channel. {remedy}")
            : new("foreign-record-unterminated", record +
                "fills its field without a NUL at the end. The host may see a wrong key or value, or nothing from " +
                $"there on, among that {hidden} records of this channel. {remedy}");
    }

    private static string Printable(ReadOnlySpan<byte> key)
    {
        StringBuilder text = new();
        foreach (byte one in key[..Math.Min(key.Length, MaxKeyShown)])
        {
            _ = one is >= 0x20 and < 0x7F and not (byte)'\\' and not (byte)'"'
                ? text.Append((char)one)
                : text.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        }

        return key.Length > MaxKeyShown ? text.Append('…').ToString() : text.ToString();
    }

    private readonly record struct Finding(int Record, PoolRecordFault Fault, int Hidden);
}
