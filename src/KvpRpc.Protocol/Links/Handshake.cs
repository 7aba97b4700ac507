using System.Buffers.Binary;
using System.Globalization;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Links;

/// <summary>Draws hellos, answers the peer's, and derives the keys of a link from both (rule 8).</summary>
/// <remarks>
/// The host initiates, always. A guest draws anew only for a host hello that it has not answered; a host draws anew
/// only when a link has ended, or a guest that is there has long not answered. So two restarts cannot chase each other
/// for ever.
/// </remarks>
internal sealed class Handshake : IDisposable
{
    internal const byte Version = 1;
    internal const char HelloMark = 'h';

    private static readonly TimeSpan MaxRedrawAfter = TimeSpan.FromMinutes(10);

    private readonly LinkOptions _options;
    private readonly OwnItems _items;
    private readonly ILinkCrypto _crypto;
    private IHandshakeAttempt _attempt;
    private string _ownHello = "";
    private string? _lastShown;
    private string? _linkHello;
    private UInt128 _boundId;
    private LastAccepted? _lastAccepted;
    private Instant _helloAt = Instant.Never;
    private Instant _redrawAt = Instant.Never;
    private TimeSpan _redrawAfter;
    private bool _helloPending;
    private UInt128 _pendingAnswer;

    internal Handshake(LinkOptions options, OwnItems items, ILinkCrypto crypto)
    {
        _options = options;
        _items = items;
        _crypto = crypto;
        _redrawAfter = options.RedrawAfter;
        _attempt = crypto.BeginAttempt();
        Bans = new(options.CarriedAlphabets, options.Rules);
        ShowHello(answeredId: 0);
        Obstacle = options.IsHost
            ? "The guest has not answered: is its side of the channel running?"
            : "The host has not called: is its side of the channel running?";
    }

    /// <summary>Gets or sets what stands in the way of a link.</summary>
    internal string? Obstacle { get; set; }

    /// <summary>Gets which alphabets the next hello says this side reads.</summary>
    internal AlphabetBans Bans { get; }

    /// <summary>Gets the id of the attempt that is shown, or that the link was opened with.</summary>
    internal UInt128 OwnId => BinaryPrimitives.ReadUInt128BigEndian(_attempt.Id);

    /// <summary>Gets the peer's hello that the last keys were derived from.</summary>
    internal Hello? Peer { get; private set; }

    /// <summary>Gets how many new hellos were shown.</summary>
    internal ulong HeardCount { get; private set; }

    /// <summary>Gets whether a guest is there whose answer is awaited.</summary>
    internal bool AwaitsAnswer => _options.IsHost && _redrawAt != Instant.Never;

    internal Instant NextTimeout => Instant.Earlier(_helloAt, _redrawAt);

    /// <summary>Gives the text of a hello that a read shows, without a new string for one shown before.</summary>
    internal string Remember(ReadOnlySpan<char> text)
    {
        if (_lastShown is not null && text.SequenceEqual(_lastShown))
            return _lastShown;
        HeardCount++;
        return _lastShown = text.ToString();
    }

    internal bool IsOfCurrentLink(string text) => text == _linkHello;

    /// <summary>Takes the peer's hello; gives the keys of a link when both sides' hellos belong together.</summary>
    internal HandshakeResult? Handle(string text, Instant now)
    {
        if (Read(text) is not { } hello)
            return null;
        if (hello.Role == _options.Role)
        {
            Obstacle = $"The peer's table holds the hello of another {hello.Role.ToString().ToLowerInvariant()}.";
            return null;
        }

        if (hello.UsesPreSharedKey != _options.UsesPreSharedKey)
        {
            // No way down: who has a key links with nobody who has none. Whose keys differ shows at the first packet.
            Obstacle = _options.UsesPreSharedKey
                ? "This side has a pre-shared key and the peer has none: give the peer the same key."
                : "The peer has a pre-shared key and this side has none: give this side the same key.";
            return null;
        }

        return _options.IsHost ? HandleGuest(hello, text, now) : HandleHost(hello, text, now);
    }

    /// <summary>Draws a new attempt after the end of a link; later and later when links break again and
    /// again.</summary>
    internal void Restart(LastAccepted? last, int brokenLinks, Instant now)
    {
        _lastAccepted = last ?? _lastAccepted;
        _linkHello = null;
        _redrawAt = Instant.Never;
        Redraw();
        _redrawAfter = _options.RedrawAfter;
        if (brokenLinks > 1)
            _helloAt = now + TimeSpan.FromSeconds(Math.Min(60, 1 << Math.Min(brokenLinks - 1, 6)));
        else
            ShowHello(answeredId: 0);
    }

    internal void NoteOpen()
    {
        Obstacle = null;
        _redrawAt = Instant.Never;
        _redrawAfter = _options.RedrawAfter;
    }

    internal void HandleWritten(OwnItem item)
    {
        // A hello that was composed while the control item was being written goes in now.
        if (item.Index == 0 && _helloPending)
            ShowHello(_pendingAnswer);
    }

    /// <summary>Does what is due; true when a new hello is out.</summary>
    internal bool HandleTimeout(Instant now)
    {
        if (_helloAt <= now)
        {
            _helloAt = Instant.Never;
            ShowHello(answeredId: 0);
            return true;
        }

        if (_redrawAt > now)
            return false;
        _redrawAfter = TimeSpan.FromTicks(Math.Min(_redrawAfter.Ticks * 2, MaxRedrawAfter.Ticks));
        _redrawAt = Instant.Never;
        _boundId = 0;
        Redraw();
        ShowHello(answeredId: 0);
        return true;
    }

    /// <summary>Draws anew at once: what was drawn before may be known to another timeline of this side.</summary>
    internal void DrawAnew()
    {
        _helloAt = _redrawAt = Instant.Never;
        _boundId = 0;
        _linkHello = null;
        Redraw();
        ShowHello(answeredId: 0);
    }

    public void Dispose() => _attempt.Dispose();

    private Hello? Read(string text)
    {
        Span<byte> bytes = stackalloc byte[HelloCodec.MaxBytes];
        if (text.Length > 1024 || !Base64Alphabet.Instance.TryDecode(text.AsSpan(1), bytes, out int count))
        {
            Obstacle = "The peer's control item holds a hello that cannot be read.";
            return null;
        }

        if (HelloCodec.TryReadVersions(bytes[..count], out byte min, out byte max) && (min > Version || max < Version))
        {
            Obstacle = string.Create(CultureInfo.InvariantCulture,
                $"The peer speaks versions {min} to {max} of the protocol, this side version {Version}: "
                + $"update the older side.");
            return null;
        }

        Hello? hello = HelloCodec.TryRead(bytes[..count]);
        if (hello is null)
            Obstacle = "The peer's control item holds a hello that cannot be read.";
        return hello;
    }

    private HandshakeResult? HandleGuest(Hello hello, string text, Instant now)
    {
        if (hello.AnsweredId != OwnId)
        {
            // A guest is there but has not answered this hello yet, or its hello is the past.
            if (_redrawAt == Instant.Never && _helloAt == Instant.Never)
                _redrawAt = now + (_options.Rules.AnswersHelloOnce ? _redrawAfter : default);
            Obstacle = "The guest's side is there but has not answered yet.";
            return null;
        }

        return Complete(hello, text, hostHello: _ownHello, guestHello: text, now);
    }

    private HandshakeResult? HandleHost(Hello hello, string text, Instant now)
    {
        if (_options.VmId is { } own && hello.VmId is { } named && own != named)
        {
            Obstacle = $"The host's hello is for the VM {named}, this is {own}: the tables are "
                + "a copy of another VM's, or this process was copied with its VM and must be started again.";
            return null;
        }

        // Answered before: the answer stands in the table, and redrawing would chase the host.
        if (hello.AttemptId == _boundId && _options.Rules.AnswersHelloOnce)
            return null;
        Redraw();
        _helloAt = Instant.Never;
        _boundId = hello.AttemptId;
        ShowHello(hello.AttemptId);
        return Complete(hello, text, hostHello: text, guestHello: _ownHello, now);
    }

    private HandshakeResult? Complete(
        Hello hello, string text, string hostHello, string guestHello, Instant now)
    {
        Guid vmId = (_options.IsHost ? _options.VmId : hello.VmId) ?? Guid.Empty;
        byte[] prologue = HandshakePrologue.Encode(vmId, _options.Channel, hostHello, guestHello);
        ILinkSealer? sealer = _attempt.Complete(hello.PublicKey.Span, prologue, _options.IsHost);
        if (sealer is null)
        {
            Obstacle = "The peer's key is not acceptable.";
            return null;
        }

        Peer = hello;
        _linkHello = text;
        // A host that was rolled back, or is gone, leaves a guest alone with its answer: it then answers anew.
        _redrawAt = _options.IsHost ? Instant.Never : now + _redrawAfter;
        (UInt128 host, UInt128 guest) = _options.IsHost ? (OwnId, hello.AttemptId) : (hello.AttemptId, OwnId);
        Obstacle = "The peer has answered; its first packet is awaited.";
        return new(hello, sealer, LinkIdOf(host, guest));
    }

    // Tells items of this link from those of the past; what proves them is their seal.
    internal static uint LinkIdOf(UInt128 host, UInt128 guest) => (uint)(host >> 96) ^ (uint)(guest >> 64);

    private void Redraw()
    {
        if (!_options.Rules.DrawsAfresh)
            return;
        _attempt.Dispose();
        _attempt = _crypto.BeginAttempt();
    }

    private void ShowHello(UInt128 answeredId)
    {
        Hello hello = new()
        {
            MinVersion = Version,
            MaxVersion = Version,
            Role = _options.Role,
            AttemptId = OwnId,
            AnsweredId = answeredId,
            PublicKey = _attempt.PublicKey.ToArray(),
            VmId = _options.IsHost ? _options.VmId : null,
            Limits = new((uint)_options.MaxMessageBytes, (uint)_options.StreamWindow, (uint)_options.MaxStreams),
            Alphabets = Bans.Reads,
            UsesPreSharedKey = _options.UsesPreSharedKey,
            LastAccepted = _lastAccepted,
            Implementation = _options.Implementation,
        };
        byte[] bytes = HelloCodec.Write(hello);
        Span<char> text = stackalloc char[1 + Base64Alphabet.Instance.UnitsFor(bytes.Length)];
        text[0] = HelloMark;
        Base64Alphabet.Instance.Encode(bytes, text[1..]);
        _ownHello = text.ToString();
        OwnItem item = _items.Control;
        _helloPending = item.InFlight;
        _pendingAnswer = answeredId;
        if (_helloPending)
            return;
        _ownHello.CopyTo(item.Buffer);
        item.SetLength(_ownHello.Length);
    }
}

/// <summary>The keys of a new link, and whose they are.</summary>
internal sealed record HandshakeResult(Hello Peer, ILinkSealer Sealer, uint LinkId);
