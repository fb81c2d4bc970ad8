package fakeslack

import (
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// applink is the host name Slack's edge would have.
const applink = "applink-fake-1"

// conn is one Socket Mode connection.
type conn struct {
	srv     *Server
	ws      *websocket.Conn
	gone    chan struct{} // closed when reading has ended
	retired bool          // guarded by Server.mu: told to go, gets no more envelopes
	writing sync.Mutex
}

// send writes one frame. A connection that takes no frames any more is cut.
func (c *conn) send(frame []byte) {
	c.srv.mu.Lock()
	c.srv.traffic = append(c.srv.traffic, frame)
	c.srv.mu.Unlock()
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeWithin)) // never fails in this library
	if err := c.ws.WriteMessage(websocket.TextMessage, frame); err != nil {
		c.cut()
	}
}

func (c *conn) hello(count int) {
	c.send(encode(object{
		"type": "hello", "num_connections": count, "connection_info": object{"app_id": c.srv.ws.AppID},
		"debug_info": object{
			"host": applink, "started": time.Now().UTC().Format("2006-01-02 15:04:05.000"), "build_number": 1,
			"approximate_connection_time": int(connectionLife.Seconds()),
		},
	}))
}

func (c *conn) disconnect(reason string) {
	c.send(encode(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": applink}}))
}

// cut ends the connection without a close frame. It may be called several times.
func (c *conn) cut() { _ = c.ws.Close() }

// keepAlive pings until the connection ends, and recycles it at the end of its life.
func (c *conn) keepAlive() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	life := time.NewTimer(connectionLife)
	defer life.Stop()
	for {
		select {
		case <-ping.C:
			if err := c.ws.WriteControl(websocket.PingMessage, []byte("Ping from "+applink), time.Now().Add(writeWithin)); err != nil {
				c.cut()
			}
		case <-life.C:
			c.srv.retire(c, reasonRefresh)
		case <-c.gone:
			return
		}
	}
}

// read takes acks until the connection ends. The library answers the client's pings.
func (c *conn) read() {
	alive := func() { _ = c.ws.SetReadDeadline(time.Now().Add(pongWithin)) }
	alive()
	c.ws.SetPongHandler(func(string) error { alive(); return nil })
	answer := c.ws.PingHandler()
	c.ws.SetPingHandler(func(data string) error { alive(); return answer(data) })
	for {
		_, frame, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		alive()
		c.srv.received(c, frame)
	}
}
