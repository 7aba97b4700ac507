using System.Buffers;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Calls the peer and serves its calls: every reply echoes what it answers.</summary>
internal sealed class EchoApplication(
    LinkEngine engine, SimulatedRandom random, Traffic traffic, CallOracle oracle, ulong life, bool isHost)
{
    private readonly Dictionary<EngineStream, CallRecord> _calls = [];
    private readonly List<EngineStream> _order = [];
    private readonly List<(EngineStream Stream, int Bytes)> _unconsumed = [];
    private readonly HashSet<ulong> _ran = [];
    private readonly List<CallRecord> _unsettled = [];
    private ulong _counter;

    /// <summary>Gets or sets which of the peer's timelines this is: told by the world at a rollback, unknown to the
    /// engine.</summary>
    internal ulong Timeline { get; set; }

    /// <summary>Gets or sets whether checks that need the oracle are left out, while a past is lived again.</summary>
    internal bool IsReplaying { get; set; }

    internal Traffic Traffic { get; set; } = traffic;

    internal int Succeeded { get; private set; }

    internal int OwnCalls { get; private set; }

    internal int Opened { get; private set; }

    /// <summary>Gets or sets what the application does as soon as there is a link.</summary>
    internal Action? OnOpened { get; set; }

    internal LinkEnd? LastEnd { get; private set; }

    /// <summary>Starts a call; null when there is no link.</summary>
    internal CallRecord? Call(
        int messages, int messageBytes, int replies, int replyBytes, byte priority = 0, bool endsBarely = false)
    {
        if (engine.OpenStream($"Echo/{messages % 3}", priority, owner: null) is not { } stream)
            return null;
        CallRecord call = new(stream, isOwn: true)
        {
            Id = (Timeline << 44) | (life << 20) | ++_counter,
            MessagesLeft = messages,
            MessageBytes = messageBytes,
            RepliesWanted = replies,
            ReplyBytes = replyBytes,
            EndsBarely = endsBarely,
        };
        Add(call);
        OwnCalls++;
        SendNext(call);
        return call;
    }

    /// <summary>Does what the traffic asks for, by chance.</summary>
    internal void Act()
    {
        if (OwnCalls < Traffic.MaxCalls && random.Chance(Traffic.CallChance))
        {
            int messages = random.Chance(Traffic.ManyMessagesChance) ? random.Next(2, 20) : 1;
            int replies = random.Chance(Traffic.ManyMessagesChance) ? random.Next(2, 20) : 1;
            Call(messages, Size(), replies, Size(), (byte)random.Next(3), endsBarely: random.Chance(0.1));
        }

        if (_order.Count > 0 && random.Chance(Traffic.ResetChance))
            GiveUp(_calls[_order[random.Next(_order.Count)]]);
        for (int i = _unconsumed.Count - 1; i >= 0; i--)
        {
            if (!random.Chance(Traffic.ConsumeChance))
                continue;
            (EngineStream stream, int bytes) = _unconsumed[i];
            _unconsumed.RemoveAt(i);
            engine.Consume(stream, bytes);
        }
    }

    internal void Handle(in LinkEvent linkEvent)
    {
        switch (linkEvent.Kind)
        {
            case LinkEventKind.Opened:
                Opened++;
                OnOpened?.Invoke();
                break;
            case LinkEventKind.Ended:
                LastEnd = linkEvent.End;
                FailAll();
                break;
            case LinkEventKind.StreamOpened:
                Add(new(linkEvent.Stream!, isOwn: false));
                break;
            case LinkEventKind.Message:
                Receive(linkEvent);
                break;
            case LinkEventKind.SendCompleted:
                if (_calls.TryGetValue(linkEvent.Stream!, out CallRecord? sent))
                    SendNext(sent);
                break;
            case LinkEventKind.StreamReset:
                if (_calls.TryGetValue(linkEvent.Stream!, out CallRecord? reset))
                    Remove(reset);
                break;
            case LinkEventKind.Settled:
                Settle(linkEvent.Streams!, linkEvent.Accepted);
                break;
            default:
                throw new SimulationException($"Unknown event {linkEvent.Kind}.");
        }
    }

    private int Size() => random.Chance(Traffic.LargeChance)
        ? random.Next(2000, Traffic.LargeBytes)
        : random.Next(EchoMessage.HeadBytes, 300);

    private void Receive(in LinkEvent linkEvent)
    {
        if (linkEvent.Buffer is { } buffer)
        {
            if (_calls.TryGetValue(linkEvent.Stream!, out CallRecord? call))
                Take(call, DeliveryChecker.Check(call, buffer.AsSpan(0, linkEvent.Length)));
            ArrayPool<byte>.Shared.Return(buffer);
            if (Traffic.ConsumeChance < 1)
                _unconsumed.Add((linkEvent.Stream!, linkEvent.Length));
            else
                engine.Consume(linkEvent.Stream!, linkEvent.Length);
        }

        if (linkEvent.EndOfStream && _calls.TryGetValue(linkEvent.Stream!, out CallRecord? ended))
            End(ended);
    }

    private static void Take(CallRecord call, in EchoMessage message)
    {
        if (call.IsOwn)
            return;
        call.RepliesWanted = (int)message.RepliesWanted;
        call.ReplyBytes = (int)message.ReplyBytes;
    }

    private void End(CallRecord call)
    {
        if (call.IsOwn)
        {
            if (call.Received != call.RepliesWanted)
                throw new SimulationException(
                    $"Call {call.Id:x} ended after {call.Received} of {call.RepliesWanted} replies.");
            Succeeded++;
            if (!IsReplaying)
                oracle.NoteSuccess(call.Id);
            Remove(call);
            return;
        }

        call.HasAllRequests = true;
        if (!_ran.Add(call.Id))
            throw new SimulationException($"Call {call.Id:x} ran twice on one timeline.");
        if (!IsReplaying)
            oracle.NoteRun(isHost, call.Id);
        call.MessagesLeft = call.RepliesWanted;
        call.MessageBytes = call.ReplyBytes;
        SendNext(call);
    }

    private void SendNext(CallRecord call)
    {
        if (call.MessagesLeft == 0)
        {
            if (call.EndsBarely)
            {
                call.EndsBarely = false;
                engine.EndStream(call.Stream);
            }
            else if (!call.IsOwn && call.HasAllRequests)
            {
                Remove(call);
            }

            return;
        }

        EchoMessage message = new(
            call.Id,
            call.Sent++,
            call.SendChain,
            call.IsOwn ? 0 : call.ReceiveChain,
            (uint)call.RepliesWanted,
            (uint)call.ReplyBytes);
        byte[] bytes = message.Write(call.MessageBytes);
        call.SendChain = message.After(bytes.Length);
        call.MessagesLeft--;
        engine.Send(call.Stream, bytes, endOfStream: call.MessagesLeft == 0 && !call.EndsBarely);
    }

    private void GiveUp(CallRecord call)
    {
        engine.ResetStream(call.Stream, 7);
        Remove(call);
    }

    private void Settle(StreamSet streams, ulong accepted)
    {
        foreach (CallRecord call in _unsettled)
        {
            if (IsReplaying)
                continue;
            if (call.Stream.Set == streams && call.Stream.OpenedIn > accepted)
                oracle.NoteNotRun(isHost, call.Id, isSameTimeline: call.Id >> 44 == Timeline);
            else
                oracle.NoteUnknown();
        }

        _unsettled.Clear();
    }

    private void FailAll()
    {
        _unsettled.Clear();
        foreach (EngineStream stream in _order)
        {
            CallRecord call = _calls[stream];
            if (!call.IsOwn)
                continue;
            OwnCalls--;
            if (IsReplaying)
                continue;
            if (stream.Id is null)
                oracle.NoteNotRun(isHost, call.Id, isSameTimeline: call.Id >> 44 == Timeline);
            else
                _unsettled.Add(call);
        }

        _calls.Clear();
        _order.Clear();
        _unconsumed.Clear();
    }

    private void Add(CallRecord call)
    {
        _calls.Add(call.Stream, call);
        _order.Add(call.Stream);
    }

    private void Remove(CallRecord call)
    {
        if (!_calls.Remove(call.Stream))
            return;
        _order.Remove(call.Stream);
        if (call.IsOwn)
            OwnCalls--;
    }
}
